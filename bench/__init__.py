"""Benchmarks: oracle calls and wall times, side by side with pure Python and SciPy."""
