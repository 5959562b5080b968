"""Exchange with the ERP: taking its data, giving it our orders, and saying what happened."""
