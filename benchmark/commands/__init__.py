"""The commands of ``affinity-bench`` that this package brings: one file each, named after it."""
