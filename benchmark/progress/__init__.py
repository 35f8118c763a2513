"""Progress of long work: a bar, and one line per finished piece."""
