"""What a model may see: tables of transfers, the protocol's splits, and the episodes made of both."""

from datamodules.moved import support_old_paths

support_old_paths()
