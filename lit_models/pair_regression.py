"""Regression on what is known of a pair of tasks, one row per transfer, as LangRank ranks languages."""

from typing import Literal

import torch
from sklearn.base import RegressorMixin
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from torch import Tensor

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, ends
from lit_models.base import RecoveryModel

Method = Literal["ridge", "boosting"]
PENALTIES = [10.0**power for power in range(-1, 5)]
SHRINKAGE = 1.0  # of a source's mean, in numbers of transfers
TREES, LEAVES = 100, 16  # LangRank's


def pair_table(graph: TaskGraph) -> Tensor:
    """What is known of every transfer: pair features, Z of both tasks, and the source's other transfers.

    Pair features come twice: as they are, and less their mean over the target's sources, because a target's
    affinities are standardised. The source's mean affinity leaves the transfer itself out.

    Args:
        graph: one graph of N tasks.

    Returns:
        [N, N, 2P + 2F + 1] float, source × target × feature.
    """
    shape = graph.affinity.shape
    source, target = ends(graph.x, graph)
    eligible = graph.eligible.to(graph.affinity)[..., None]
    of_target = (graph.edge_attr * eligible).sum(0) / eligible.sum(0).clamp(min=1.0)
    others = graph.observed.sum(-1, keepdim=True) - graph.observed.to(graph.affinity)
    mean = (graph.affinity.sum(-1, keepdim=True) - graph.affinity) / (others + SHRINKAGE)
    return torch.cat(
        [
            graph.edge_attr,
            graph.edge_attr - of_target,
            source[:, None, :].expand(*shape, -1),
            target[None, :, :].expand(*shape, -1),
            mean[..., None],
        ],
        dim=-1,
    )


class PairRegression(RecoveryModel):
    """Ridge regression or gradient boosting on pair features (Lin et al., ACL 2019, who boost trees).

    Ridge chooses its penalty by leave-one-out errors on observed transfers. New tasks are ranked by what is
    known of their pairs.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
        method: ``ridge`` or ``boosting``.
    """

    batchable: bool = False

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        method: Method = "boosting",
    ) -> None:
        super().__init__()
        self.method: Method = method

    def use_pair_features(self, count: int) -> None:
        """Refuse data without pair features."""
        if count == 0:
            raise UserError("regression on pairs needs pair features: bring a file with --pairs")

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float; 0 if nothing is observed."""
        if not graph.observed.any():
            return torch.zeros_like(graph.affinity)
        table, observed = pair_table(graph).double().cpu(), graph.observed.cpu()
        regression = self._regression()
        regression.fit(table[observed].numpy(), graph.affinity.double().cpu()[observed].numpy())
        scores = regression.predict(table.flatten(0, 1).numpy())
        return torch.from_numpy(scores).to(graph.affinity).reshape(graph.affinity.shape)

    def _regression(self) -> RegressorMixin:
        if self.method == "ridge":
            return RidgeCV(PENALTIES)
        return GradientBoostingRegressor(
            n_estimators=TREES, max_depth=None, max_leaf_nodes=LEAVES, random_state=0
        )
