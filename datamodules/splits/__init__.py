"""Splits of a matrix into observed, validation and query entries."""

from datamodules.moved import old_names

__getattr__ = old_names("datamodules.splits")
