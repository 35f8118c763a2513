"""Running the cells of a suite, in one or several processes, on one machine or a cluster."""
