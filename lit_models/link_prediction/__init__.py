"""Graph autoencoders for link prediction on one large directed graph, where no [N, N] tensor fits."""

from datamodules.moved import old_names

__getattr__ = old_names("lit_models.link_prediction")
