"""The page's figures, one per file, each with its data."""
