"""From predictions and the truth to scores with intervals."""

from datamodules.moved import old_names

__getattr__ = old_names("benchmark.scoring")
