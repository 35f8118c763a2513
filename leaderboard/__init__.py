"""How results are read: rankings, intervals and paired tests made from result files."""

from datamodules.moved import support_old_paths

support_old_paths()
