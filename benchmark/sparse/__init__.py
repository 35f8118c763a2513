"""Benchmarking on tables too large for a matrix: the models that have a sparse form, on hidden cells."""
