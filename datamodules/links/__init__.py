"""Directed link prediction on citation graphs with thousands of nodes, as in the gravity paper."""

from datamodules.moved import old_names

__getattr__ = old_names("datamodules.links")
