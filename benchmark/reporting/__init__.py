"""Terminal output: boards of results, and tables of datasets."""
