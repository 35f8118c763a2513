"""Means: of a source, and of a target."""

from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel


class SourceMean(RecoveryModel):
    """A source's mean standardised affinity, the same for every target.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: unused likewise.
    """

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float, constant in every row."""
        count = graph.observed.sum(-1, keepdim=True).clamp(min=1)
        return (graph.affinity.sum(-1, keepdim=True) / count).expand_as(graph.affinity)


class TargetMean(RecoveryModel):
    """A target's mean standardised affinity, the same for every source: it ranks nothing.

    A floor, whose per-target correlations are 0 by construction and whose figures over several targets at
    once are not: what those hold above this row is a model's.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: unused likewise.
    """

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float, constant in every column; for z-scores that is 0 up to rounding."""
        count = graph.observed.sum(-2, keepdim=True).clamp(min=1)
        return (graph.affinity.sum(-2, keepdim=True) / count).expand_as(graph.affinity)
