"""Sparse form of the directed graph autoencoders: gravity and source-target, plain and variational."""

import torch
from torch import Tensor

from datamodules.errors import UserError
from datamodules.sparse.graph import SparseGraph
from lit_models.autoencoder import Autoencoder
from lit_models.base import RecoveryModel
from lit_models.sparse.base import SparseModel
from lit_models.sparse.encoders import sparse_encoder


class SparseAutoencoder(SparseModel):
    """A directed graph autoencoder whose encoder passes messages along cells, and whose decoder scores pairs.

    Args:
        model: the autoencoder; its own encoder is replaced by the sparse form of it.

    Raises:
        UserError: if its encoder has no sparse form, or it is trained with a reconstruction loss.
    """

    def __init__(self, model: RecoveryModel) -> None:
        super().__init__()
        if not isinstance(model, Autoencoder) or not model.directed:
            raise TypeError(f"{type(model).__name__} is no directed autoencoder")
        if model.hide > 0.0 or model.reconstruction > 0.0:
            raise UserError(
                "each step of a sparse table hides the cells that it predicts: leave hide and reconstruction "
                "at 0"
            )
        model.encoder = sparse_encoder(model.encoder)
        self.model = model

    def encode(self, graph: SparseGraph) -> Tensor:
        """The autoencoder's vectors of N tasks."""
        return self.model.encode(graph)  # type: ignore[arg-type]  # its encoder was replaced

    def embed(self, graph: SparseGraph) -> tuple[Tensor, Tensor]:
        """Vectors for one training step, and the KL divergence of a variational one."""
        return self.model.embed(graph)  # type: ignore[arg-type]  # likewise

    def decode(self, source: Tensor, target: Tensor) -> Tensor:
        """Scores of pairs, each by the autoencoder's decoder as a graph of two tasks."""
        return self.model.decode(torch.stack([source, target], dim=1))[:, 0, 1]
