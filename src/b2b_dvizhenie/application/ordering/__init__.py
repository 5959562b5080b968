"""Use cases and ports of ordering."""
