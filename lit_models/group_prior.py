"""A prior by the tasks' published groups."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel


class GroupPrior(RecoveryModel):
    """What transfers between the tasks' published groups look like, shrunken level by level.

    A transfer's prior is the mean observed affinity between its source's and its target's group. To it come
    what the source itself deviates from that on the target's group, and what the target itself deviates on
    the source's group. A task without any observed transfer keeps the groups' means, so new tasks are
    ranked; a task without a group is one of its own.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: unused likewise.
        shrinkage: entries' worth of shrinkage of every mean towards the level above.
    """

    def __init__(self, num_tasks: int, num_features: int, *, shrinkage: float = 1.0) -> None:  # noqa: ARG002  # the factory's
        super().__init__()
        self.shrinkage = shrinkage

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float."""
        alone = torch.eye(graph.group.shape[-1], device=graph.group.device).to(graph.affinity)
        has_group = (graph.group >= 0)[..., :, None]
        of_one_group = (graph.group[..., :, None] == graph.group[..., None, :]) & has_group
        same = torch.maximum(of_one_group.to(alone), alone)
        observed = graph.observed.to(graph.affinity)
        total = torch.zeros_like(graph.affinity)
        # Rows and columns that a level's means are taken over, from coarse to fine.
        for rows, columns in ((same, same), (alone, same), (same, alone)):
            residual = (graph.affinity - total) * observed
            sums, counts = rows @ residual @ columns, rows @ observed @ columns
            total = total + sums / (counts + self.shrinkage)
        return total
