"""The pure core: values, invariants and decisions. Imports the standard library and msgspec only."""
