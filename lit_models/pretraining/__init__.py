"""Training a network on synthetic worlds alone: curriculum, data and the Lightning module."""
