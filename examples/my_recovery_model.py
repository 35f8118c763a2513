"""A complete submission: what a source gave to others against what a target took from others.

make bench DATASET=taskonomy MODEL=examples/my_recovery_model.py:MyRecoveryModel
"""

import torch
from torch import Tensor, nn

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel
from lit_models.noise import dropout


class MyRecoveryModel(RecoveryModel):
    """Scores u_s · v_t, where u_s is made of what source s gave, and v_t of what target t took."""

    knows_tasks_by_identity = True  # each task has its own column in the linear layers below

    def __init__(self, num_tasks: int, num_features: int, *, width: int = 32, rate: float = 0.2) -> None:
        super().__init__()
        self.of_source = nn.Linear(num_tasks + num_features, width)
        self.of_target = nn.Linear(num_tasks + num_features, width)
        self.rate = rate

    @property
    def settings(self) -> frozenset[str]:
        """A task that nothing was measured of has no row and no column."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float, source × target, higher = better transfer."""
        rows, columns = (torch.cat([each, graph.x], dim=-1) for each in (graph.affinity, graph.affinity.mT))
        rows = dropout(rows, graph.key, call=0, rate=self.rate, training=self.training)
        columns = dropout(columns, graph.key, call=1, rate=self.rate, training=self.training)
        return torch.tanh(self.of_source(rows)) @ torch.tanh(self.of_target(columns)).mT
