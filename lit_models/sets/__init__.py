"""Models of task sets: what several sources used together give to one target."""
