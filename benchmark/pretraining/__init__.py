"""``affinity-bench pretrain``: training the prior-fitted network, and what is kept of it."""
