"""Mirroring of results to Weights & Biases."""
