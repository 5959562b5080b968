"""Exchange with the ERP: nodes, runs, their states."""
