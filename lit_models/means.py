"""Baselines: the mean of a source, and the mean of a target."""

from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel


class SourceMean(RecoveryModel):
    """Mean standardised affinity of the source, the same for every target.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
    """

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # common signature
        super().__init__()

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float, constant in every row."""
        count = graph.observed.sum(-1, keepdim=True).clamp(min=1)
        return (graph.affinity.sum(-1, keepdim=True) / count).expand_as(graph.affinity)


class TargetMean(RecoveryModel):
    """Mean standardised affinity of the target, the same for every source, so it ranks nothing.

    A lower bound: its per-target correlations are 0 by construction, but metrics pooled over targets are not,
    and only what exceeds them is a model's merit.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
    """

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # common signature
        super().__init__()

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float, constant in every column; 0 up to rounding for z-scores."""
        count = graph.observed.sum(-2, keepdim=True).clamp(min=1)
        return (graph.affinity.sum(-2, keepdim=True) / count).expand_as(graph.affinity)
