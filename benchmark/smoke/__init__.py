"""Checks of whether a submitted model can be benchmarked, run in a separate process."""
