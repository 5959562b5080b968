"""Use cases and ports of companies."""
