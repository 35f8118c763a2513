"""The additive model: source effect plus target effect."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel


def additive_fit(graph: TaskGraph, *, ridge: float, rounds: int = 20) -> Tensor:
    """Source effect + target effect, fitted to the observed entries by alternating ridge regressions.

    Args:
        graph: one graph of N tasks.
        ridge: shrinkage of each effect towards 0, in numbers of entries.
        rounds: number of alternations; they converge fast because rows and columns overlap widely.

    Returns:
        [N, N] float.
    """
    observed = graph.observed.to(graph.affinity)
    of_target = torch.zeros_like(graph.affinity[..., 0, :])
    of_source = torch.zeros_like(graph.affinity[..., 0])
    for _ in range(rounds):
        of_source = ((graph.affinity - of_target[..., None, :] * observed).sum(-1)) / (
            observed.sum(-1) + ridge
        )
        residual = graph.affinity - of_source[..., :, None] * observed
        of_target = residual.sum(-2) / (observed.sum(-2) + ridge)
    return of_source[..., :, None] + of_target[..., None, :]


class Additive(RecoveryModel):
    """Source effect + target effect.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
        ridge: shrinkage of each effect towards 0, in numbers of entries.
    """

    def __init__(self, num_tasks: int, num_features: int, *, ridge: float = 1.0) -> None:  # noqa: ARG002  # common signature
        super().__init__()
        self.ridge = ridge

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    @property
    def settings(self) -> frozenset[Setting]:
        """Transductive only: a new task has no effects, and what remains is the source mean."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float."""
        return additive_fit(graph, ridge=self.ridge)
