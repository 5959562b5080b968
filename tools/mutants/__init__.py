"""Faults planted in the price engine, one at a time: its fast properties must find each (`./dev mutants`).

Kept libraries were looked at in November 2026. mutmut 3.8 forks and chooses tests as well, but by function, not line;
it leaves out whatever is decorated (twelve properties here) and all that stands outside functions, and has no named
mistakes. Beside other work it tried 54 mutants of two modules in a quarter of an hour, most of it to learn which tests
meet what; this did 740 of thirteen modules. cosmic-ray 8.7 writes each mutant to disk and starts a test run for it.
"""
