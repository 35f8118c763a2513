"""Building blocks of models: encoders, decoders, and kernels between tasks."""
