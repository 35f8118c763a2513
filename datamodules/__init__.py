"""The data that models see: tables of transfers, the protocol's splits, and episodes made from both."""

from datamodules.moved import support_old_paths

support_old_paths()
