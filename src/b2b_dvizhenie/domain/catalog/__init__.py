"""Sections, products, variants, stock."""
