"""Evaluation of result files: rankings, confidence intervals and paired tests."""

from datamodules.moved import support_old_paths

support_old_paths()
