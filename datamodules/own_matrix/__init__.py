"""A user's own matrix: reading CSV, Parquet and Hugging Face datasets, and refusing what cannot be meant."""
