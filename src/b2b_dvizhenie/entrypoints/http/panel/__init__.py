"""Pages of the panel, for staff."""
