"""The result file of a cell: its schema, its digest, and writing it whole or not at all."""

from datamodules.moved import old_names

__getattr__ = old_names("benchmark.results")
