"""What is expected of every transfer, given those that are measured: what plans are made with."""
