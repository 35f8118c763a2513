"""The reverse transfer: a baseline that tests whether direction matters."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph, undirected
from datamodules.splits.protocol import Setting
from lit_models.additive import additive_fit
from lit_models.base import RecoveryModel


class Reverse(RecoveryModel):
    """The symmetrised observed matrix: a hidden transfer is predicted by its reverse.

    If neither direction is observed, the additive model is used.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
        ridge: shrinkage of the additive model, in numbers of entries.
    """

    def __init__(self, num_tasks: int, num_features: int, *, ridge: float = 1.0) -> None:  # noqa: ARG002  # common signature
        super().__init__()
        self.ridge = ridge

    @property
    def settings(self) -> frozenset[Setting]:
        """Transductive only: no transfer of a new task is observed in either direction."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float; not symmetric, because the additive model is not."""
        either_way = undirected(graph)
        return torch.where(either_way.observed, either_way.affinity, additive_fit(graph, ridge=self.ridge))
