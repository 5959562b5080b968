"""Mutants that nobody could tell from the source, and why. They are tried no more than counted."""

EQUIVALENT: dict[str, str] = {}
