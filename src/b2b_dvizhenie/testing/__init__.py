"""Public conformance kit: contract suites of ports, offline twins, the emulator of 1C, generators of data."""
