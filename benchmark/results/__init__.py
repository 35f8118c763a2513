"""The result file of a cell: schema, digest, and atomic writing."""

from datamodules.moved import old_names

__getattr__ = old_names("benchmark.results")
