"""A complete submission to the sets track: a set gives what its best member gives, and a little per member.

make bench TRACK=sets DATASET=taskonomy MODEL=examples/my_set_model.py:MySetModel
"""

import torch
from torch import Tensor, nn

from affinity_bench import SetGraph, SetModel, TaskGraph


class MySetModel(SetModel):
    """Scores the best single transfer of a set's members plus a learned worth of each further member."""

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # as all are built
        super().__init__()
        self.worth = nn.Parameter(torch.zeros(()))

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """[M] float, one score per set, higher = better transfer."""
        single = graph.affinity.mT[
            sets.target
        ]  # [M, N]: each source alone, to the set's target; 0 if unknown
        best = torch.where(sets.members, single, -torch.inf).amax(-1)
        return best + self.worth * sets.members.sum(-1)
