"""Running the cells of a suite: one process or several, one machine or a cluster."""
