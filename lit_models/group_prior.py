"""A prior based on the published groups of the tasks."""

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
        (alone, same), (alone_target, same_target) = (
            _summing(group, like=graph.affinity) for group in ends(graph.group, graph)
        )
        observed = graph.observed.to(graph.affinity)
        total = torch.zeros_like(graph.affinity)
        # Rows and columns that the means of each level are taken over, from coarse to fine.
        for rows, columns in ((same, same_target), (alone, same_target), (same, alone_target)):
            residual = (graph.affinity - total) * observed
            sums, counts = rows @ residual @ columns, rows @ observed @ columns
            total = total + sums / (counts + self.shrinkage)
        return total


def _summing(group: Tensor, *, like: Tensor) -> tuple[Tensor, Tensor]:
    """Matrices [N, N] whose products sum over each task alone, and over all tasks of its group."""
    alone = torch.eye(group.shape[-1], device=group.device).to(like)
    has_group = (group >= 0)[..., :, None]
    of_one_group = (group[..., :, None] == group[..., None, :]) & has_group
    return alone, torch.maximum(of_one_group.to(alone), alone)
