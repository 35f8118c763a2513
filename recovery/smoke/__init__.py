"""Checking whether a strategy can be compared: before it is, and without running a track."""
