"""Progress of long work: a bar, and one line per finished piece."""

from datamodules.moved import old_names

__getattr__ = old_names("benchmark.progress")
