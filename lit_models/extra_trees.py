"""Extremely randomised trees, from scikit-learn."""

import torch
from sklearn.ensemble import ExtraTreesRegressor
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel


def transfer_features(graph: TaskGraph) -> Tensor:
    """Features of a transfer: its source's row, its target's column, Z of both tasks, and its pair features.

    The transfer's own entry is set to 0 in row and column; otherwise its features would contain its label.

    Args:
        graph: one graph of N tasks.

    Returns:
        [N, N, 2N + 2F + P] float, source × target × feature.
    """
    size = graph.affinity.shape[-1]
    others = ~torch.eye(size, dtype=torch.bool, device=graph.affinity.device)
    row = graph.affinity[:, None, :] * others
    column = graph.affinity.mT[None, :, :] * others[:, None, :]
    of_source = graph.x[:, None, :].expand(size, size, -1)
    of_target = graph.x[None, :, :].expand(size, size, -1)
    return torch.cat([row, column, of_source, of_target, graph.edge_attr], dim=-1)


class ExtraTrees(RecoveryModel):
    """Extremely randomised trees (Geurts, Ernst & Wehenkel, Machine Learning 2006), one row per transfer.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: width of Z; 0 for no Z.
        trees: number of trees to average.
        min_samples_split: transfers that a node needs to be split; 5 for regression in the paper.
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
    ) -> None:
        super().__init__()
        self.knows_new_tasks = num_features > 0
        self.trees = trees
        self.min_samples_split = min_samples_split

    def use_pair_features(self, count: int) -> None:
        """Note whether something is known of a new task's pairs."""
        self.knows_new_tasks |= count > 0

    @property
    def settings(self) -> frozenset[Setting]:
        """Inductive only with Z or pair features: nothing else is known of a new task."""
        return frozenset({"transductive", "inductive"} if self.knows_new_tasks else {"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float, a function of the graph and its key; 0 if nothing is observed."""
        if not graph.observed.any():
            return torch.zeros_like(graph.affinity)
        features = transfer_features(graph).float().cpu()  # as scikit-learn would make them
        observed = graph.observed.cpu()
        forest = ExtraTreesRegressor(
            self.trees,
            min_samples_split=self.min_samples_split,
            n_jobs=1,
            random_state=int(graph.key) % 2**32,
        )
        forest.fit(features[observed].numpy(), graph.affinity.double().cpu()[observed].numpy())
        scores = forest.predict(features.flatten(0, 1).numpy())
        return torch.from_numpy(scores).to(graph.affinity).reshape(graph.affinity.shape)
