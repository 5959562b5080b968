"""Closed B2B sales portal for wholesalers, tied to 1C."""

__version__ = "0.1.0"
