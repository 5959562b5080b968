"""Implementations of ports. Leaves: no adapter imports another."""
