"""The page's figures: one a file. Each gives its data and its picture."""
