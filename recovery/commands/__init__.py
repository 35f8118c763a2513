"""Commands of ``affinity-bench`` that recover a matrix, and tracks that judge it."""
