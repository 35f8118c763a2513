"""Link prediction on citation graphs: the gravity paper's task, on directed graphs of thousands of nodes."""

from datamodules.moved import old_names

__getattr__ = old_names("datamodules.links")
