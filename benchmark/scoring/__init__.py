"""Scoring: from predictions and the truth to metrics with intervals."""
