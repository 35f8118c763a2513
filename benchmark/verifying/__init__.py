"""Checking that a result file says what its model does."""
