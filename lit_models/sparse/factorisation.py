"""Sparse form of probabilistic matrix factorisation: the factors of the cells of a mini-batch."""

import torch
from torch import Tensor

from datamodules.sparse.graph import SparseGraph
from lit_models.base import RecoveryModel
from lit_models.factorisation import MatrixFactorisation
from lit_models.sparse.base import SparseModel


class SparseMatrixFactorisation(SparseModel):
    """⟨u_s, v_t⟩ + b_s + b_t, of the cells that are asked for.

    Args:
        model: the factorisation.
    """

    def __init__(self, model: RecoveryModel) -> None:
        super().__init__()
        if not isinstance(model, MatrixFactorisation):
            raise TypeError(f"{type(model).__name__} is no factorisation")
        self.model = model

    def encode(self, graph: SparseGraph) -> Tensor:  # noqa: ARG002  # only the loss reads the cells
        """Both factors and both biases of every task: [N, 2 dim + 2] float."""
        source = torch.cat([self.model.source, self.model.source_bias[:, None]], dim=-1)
        target = torch.cat([self.model.target, self.model.target_bias[:, None]], dim=-1)
        return torch.cat([source, target], dim=-1)

    def decode(self, source: Tensor, target: Tensor) -> Tensor:
        """Inner product of the factors, plus the biases."""
        *_, width = source.shape
        own, other = source[:, : width // 2], target[:, width // 2 :]
        return (own[:, :-1] * other[:, :-1]).sum(-1) + own[:, -1] + other[:, -1]
