"""Recovery of tables too large for a matrix: a model of sparse tables, and the cells that were asked for."""
