"""Hyper-parameter search on development splits that no board uses."""
