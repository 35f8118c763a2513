"""Boards from result files: ranks, paired tests and a ranking over datasets."""
