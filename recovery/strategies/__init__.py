"""Which transfer to measure next: one strategy a file, after the interface in `base` and the names in `registry`."""
