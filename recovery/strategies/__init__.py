"""Which transfer to measure next: a strategy a file, beside the interface (`base`) and names (`registry`)."""
