"""Extremely randomised trees, from scikit-learn."""

import numpy as np
import torch
from sklearn.ensemble import ExtraTreesRegressor
from torch import Tensor

from datamodules.graph import TaskGraph, ends
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel

BLOCK = 10_000  # transfers whose features are in memory at once for prediction


def transfer_features(graph: TaskGraph, source: Tensor, target: Tensor) -> Tensor:
    """Features of transfers: the source's row, the target's column, Z of both tasks, and the pair features.

    The transfer's own entry is set to 0 in row and column; otherwise its features would contain its label.

    Args:
        graph: one graph of N tasks.
        source: [E] int64.
        target: [E] int64.

    Returns:
        [E, 2N + 2F + P] float.
    """
    row, column = graph.affinity[source], graph.affinity.mT[target]
    row.scatter_(1, target[:, None], 0.0)
    column.scatter_(1, source[:, None], 0.0)
    known = graph.edge_attr[source, target]
    z, z_target = ends(graph.x, graph)
    return torch.cat([row, column, z[source], z_target[target], known], dim=-1)


class ExtraTrees(RecoveryModel):
    """Extremely randomised trees (Geurts, Ernst & Wehenkel, Machine Learning 2006), one row per transfer.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: width of Z; 0 for no Z.
        trees: number of trees to average.
        min_samples_split: transfers that a node needs to be split; 5 for regression in the paper.
        features_per_split: features that a split is chosen from, or all if there are fewer. A table has more
            features the more tasks it has, and on development splits 32 did as well as all of them.
    """

    batchable: bool = False
    knows_tasks_by_identity = True

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,
        *,
        trees: int = 100,
        min_samples_split: int = 5,
        features_per_split: int = 32,
    ) -> None:
        super().__init__()
        self.knows_new_tasks = num_features > 0
        self.trees = trees
        self.min_samples_split = min_samples_split
        self.features_per_split = features_per_split

    def use_pair_features(self, count: int) -> None:
        """Note whether something is known of a new task's pairs."""
        self.knows_new_tasks |= count > 0

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    @property
    def settings(self) -> frozenset[Setting]:
        """Inductive only with Z or pair features: nothing else is known of a new task."""
        return frozenset({"transductive", "inductive"} if self.knows_new_tasks else {"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float, a function of the graph and its key; 0 if nothing is observed."""
        if not graph.observed.any():
            return torch.zeros_like(graph.affinity)
        # On the CPU and in float32, as scikit-learn has them.
        known = graph._replace(
            **{name: getattr(graph, name).float().cpu() for name in ("affinity", "x", "edge_attr")}
        )
        observed = graph.observed.cpu()
        features = transfer_features(known, *observed.nonzero().T)
        forest = ExtraTreesRegressor(
            self.trees,
            min_samples_split=self.min_samples_split,
            max_features=min(self.features_per_split, features.shape[1]),
            n_jobs=1,
            random_state=int(graph.key) % 2**32,
        )
        forest.fit(features.numpy(), graph.affinity.double().cpu()[observed].numpy())
        blocks = torch.split(torch.ones_like(observed).nonzero(), BLOCK)
        scores = np.concatenate(
            [forest.predict(transfer_features(known, *block.T).numpy()) for block in blocks]
        )
        return torch.from_numpy(scores).to(graph.affinity).reshape(graph.affinity.shape)
