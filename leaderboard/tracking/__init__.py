"""Uploading results to Weights & Biases, and verifying the upload."""
