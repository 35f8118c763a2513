"""Sparse tables: model hubs too large for a matrix, as lists of measured cells."""
