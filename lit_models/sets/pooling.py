"""Baselines that need no measured set: pools of the single transfers of a set's members, and its size."""

from typing import Literal, get_args

import torch
from torch import Tensor

from datamodules.errors import unknown_name
from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.sets.base import SetModel
from lit_models.sets.singles import filled_singles, of_members

Pool = Literal["best", "mean", "logsumexp", "capped-sum", "size"]


class MemberPooling(SetModel):
    """Pools the single transfers of a set's members; nothing is fitted.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused; part of the common signature.
        pool: ``best`` and ``mean`` of the members; ``logsumexp``, in which good members add up;
            ``capped-sum``, in which none counts for more than ``cap``; ``size``, their number alone.
        sharpness: of ``logsumexp``, log Σ exp(sharpness · z); chosen on development splits.
        cap: in standard deviations above or below the target's mean.

    Raises:
        UserError: for an unknown pool.
    """

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        pool: Pool = "logsumexp",
        sharpness: float = 2.0,
        cap: float = 1.0,
    ) -> None:
        super().__init__()
        if pool not in get_args(Pool):
            raise unknown_name("pool", pool, get_args(Pool))
        self.pool = pool
        self.sharpness = sharpness
        self.cap = cap

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float."""
        size = sets.members.sum(-1).to(graph.affinity)
        if self.pool == "size":
            return size
        single = filled_singles(graph)
        if self.pool in ("best", "logsumexp"):
            own = of_members(single, sets, missing=-torch.inf)
            return own.amax(-1) if self.pool == "best" else (self.sharpness * own).logsumexp(-1)
        own = of_members(single, sets, missing=0.0)
        if self.pool == "mean":
            return own.sum(-1) / size
        return own.clamp(-self.cap, self.cap).sum(-1)
