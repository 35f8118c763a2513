"""Verification of result files by recomputing their contents."""
