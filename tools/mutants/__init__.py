"""Faults planted in the price engine, one at a time: its fast properties must find each (`./dev mutants`)."""
