"""Cart and orders."""
