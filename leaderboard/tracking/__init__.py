"""Publishing results to Weights & Biases, and reading them back."""
