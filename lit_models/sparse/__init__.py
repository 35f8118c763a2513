"""Models of sparse tables: the same models as of matrices, whose messages run along measured cells only."""
