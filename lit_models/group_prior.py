"""A prior based on the published groups of the tasks."""

from typing import NamedTuple

import torch
from torch import Tensor

from datamodules.graph import TaskGraph, ends
from lit_models.base import RecoveryModel


class GroupPrior(RecoveryModel):
    """Hierarchical means over the tasks' published groups, with shrinkage at every level.

    The prior of a transfer is the mean observed affinity between its source's group and its target's group.
    Added to it are the mean deviations of the source itself on the target's group, and of the target itself
    on the source's group. A task without observed transfers keeps the means of its group, so new tasks can be
    ranked; a task without a group forms its own group.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
        shrinkage: shrinkage of every mean towards the level above, in numbers of entries.
    """

    def __init__(self, num_tasks: int, num_features: int, *, shrinkage: float = 1.0) -> None:  # noqa: ARG002  # common signature
        super().__init__()
        self.shrinkage = shrinkage

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float."""
        source, target = (_alone_and_same(group, like=graph.affinity) for group in ends(graph.group, graph))
        observed = graph.observed.to(graph.affinity)
        total = torch.zeros_like(graph.affinity)
        # Rows and columns that the means of each level are taken over, from coarse to fine.
        for rows, columns in (
            (source.same, target.same),
            (source.alone, target.same),
            (source.same, target.alone),
        ):
            residual = (graph.affinity - total) * observed
            sums, counts = rows @ residual @ columns, rows @ observed @ columns
            total = total + sums / (counts + self.shrinkage)
        return total


class _Sums(NamedTuple):
    """Matrices that sum over tasks: over each alone, and over all of its group."""

    alone: Tensor
    same: Tensor


def _alone_and_same(group: Tensor, *, like: Tensor) -> _Sums:
    alone = torch.eye(group.shape[-1], device=group.device).to(like)
    has_group = (group >= 0)[..., :, None]
    of_one_group = (group[..., :, None] == group[..., None, :]) & has_group
    return _Sums(alone, torch.maximum(of_one_group.to(alone), alone))
