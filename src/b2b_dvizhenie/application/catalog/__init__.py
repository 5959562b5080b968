"""Use cases and ports of catalog."""
