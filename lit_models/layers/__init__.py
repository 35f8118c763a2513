"""What models are made of: encoders, decoders, and kernels between tasks."""
