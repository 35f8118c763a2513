"""Probabilistic matrix factorisation: one latent vector per source and per target."""

import torch
from torch import Tensor, nn

from datamodules.graph import TaskGraph, ends
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel

INITIAL_SPREAD = 0.1  # as in the authors' code; at 0 the factors would have no gradient


class MatrixFactorisation(RecoveryModel):
    """⟨u_s, v_t⟩ + b_s + b_t (Salakhutdinov & Mnih, NIPS 2007), with biases as in later work.

    The Gaussian priors of equations 2 and 4 are realised by the optimiser's weight decay.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: unused; part of the common signature.
        dim: dimension of the latent vectors.
    """

    knows_tasks_by_identity = True

    def __init__(self, num_tasks: int, num_features: int, *, dim: int = 3) -> None:  # noqa: ARG002  # common signature
        super().__init__()
        self.source = nn.Parameter(INITIAL_SPREAD * torch.randn(num_tasks, dim))
        self.target = nn.Parameter(INITIAL_SPREAD * torch.randn(num_tasks, dim))
        self.source_bias = nn.Parameter(torch.zeros(num_tasks))
        self.target_bias = nn.Parameter(torch.zeros(num_tasks))

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    @property
    def settings(self) -> frozenset[Setting]:
        """Transductive only: a new task has no latent vectors."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float; only the loss reads the graph's affinities."""
        source, _ = ends(self.source, graph)
        _, target = ends(self.target, graph)
        source_bias, _ = ends(self.source_bias, graph)
        _, target_bias = ends(self.target_bias, graph)
        return source @ target.mT + source_bias[:, None] + target_bias
