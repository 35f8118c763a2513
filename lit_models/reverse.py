"""The reverse transfer: whether directions matter at all."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph, undirected
from datamodules.splits.protocol import Setting
from lit_models.additive import additive_fit
from lit_models.base import RecoveryModel


class Reverse(RecoveryModel):
    """The observed matrix made symmetric: a hidden transfer is as good as its reverse.

    Where neither direction was observed, the additive model stands in.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: unused likewise.
        ridge: shrinkage of the additive model, in entries.
    """

    def __init__(self, num_tasks: int, num_features: int, *, ridge: float = 1.0) -> None:  # noqa: ARG002  # the factory's
        super().__init__()
        self.ridge = ridge

    @property
    def settings(self) -> frozenset[Setting]:
        """No transfer of a new task was observed in either direction."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float; not symmetric, because its stand-in is not."""
        either_way = undirected(graph)
        return torch.where(either_way.observed, either_way.affinity, additive_fit(graph, ridge=self.ridge))
