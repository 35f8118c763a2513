"""Mirroring results to Weights & Biases."""
