"""From result files to boards: ranks, paired tests, and a ranking over datasets."""
