"""Use cases and ports of hierarchy."""
