"""A user's own matrix: reading and validating CSV files, Parquet files and Hugging Face datasets."""
