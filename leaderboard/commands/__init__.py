"""The commands of ``affinity-bench`` that read results: one file each, named after it."""
