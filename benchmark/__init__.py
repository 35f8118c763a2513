"""The benchmark: metrics, scoring, result files and the runner of cells."""

from datamodules.moved import support_old_paths

support_old_paths()
