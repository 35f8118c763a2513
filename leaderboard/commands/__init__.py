"""The commands of ``affinity-bench`` that read results, one file per command."""
