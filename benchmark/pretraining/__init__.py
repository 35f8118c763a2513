"""``affinity-bench pretrain``: training the prior-fitted network, and what is shown and kept while it lasts."""
