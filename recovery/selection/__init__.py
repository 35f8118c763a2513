"""Selecting sources: the best set for each target, and those to train at all."""
