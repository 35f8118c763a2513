"""Intervals by conformal prediction, whatever the model: pure functions of predictions and residuals."""
