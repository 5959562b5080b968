"""Read models: one query, typed rows out."""
