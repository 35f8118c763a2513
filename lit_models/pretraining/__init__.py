"""Training a network on synthetic worlds alone: curriculum, data, the Lightning module, and the weights that ship."""
