"""The budget track: how good a matrix is after a share of it was measured, as a strategy says."""
