"""The commands of ``affinity-bench`` in this package, one file per command."""
