"""Extremely randomised trees on members, target and single transfers."""

import numpy as np
import torch
from sklearn.ensemble import ExtraTreesRegressor
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.sets.base import SetModel, single_sets
from lit_models.sets.singles import filled_singles, pooled_features

ROWS_PER_TREE = 2000  # drawn for each tree where there are more, which keeps 25,000 sets to seconds


class SetExtraTrees(SetModel):
    """One forest for all targets (Geurts, Ernst & Wehenkel, Machine Learning 2006), one row per set.

    Without a measured set it is fitted to single transfers, as sets of one source.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused; part of the common signature.
        trees: number of trees to average.
        min_samples_leaf: sets of a leaf.
    """

    batchable: bool = False
    reads_values: bool = True
    knows_tasks_by_identity = True

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        trees: int = 100,
        min_samples_leaf: int = 2,
    ) -> None:
        super().__init__()
        self.trees = trees
        self.min_samples_leaf = min_samples_leaf

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float, a function of the graph, the observed sets and the graph's key."""
        known, value = sets.observed, sets.value
        train = SetGraph(*(field[known] for field in sets))
        if not known.any():
            train = single_sets(graph)
            measured = graph.observed.flatten()
            train, value = SetGraph(*(field[measured] for field in train)), graph.affinity.flatten()
            known = measured
        if not known.any():
            return torch.zeros_like(sets.value)
        # In an order of their own: which sets a tree draws must not depend on where they stand.
        order = np.lexsort([*train.members.mT.cpu().numpy(), train.target.cpu().numpy()])
        train = SetGraph(*(field[torch.from_numpy(order)] for field in train))
        single = filled_singles(graph)
        forest = ExtraTreesRegressor(
            self.trees,
            min_samples_leaf=self.min_samples_leaf,
            max_features=1 / 3,
            bootstrap=True,
            max_samples=min(ROWS_PER_TREE, int(known.sum())),
            n_jobs=1,
            random_state=int(graph.key) % 2**32,
        )
        forest.fit(_features(single, train).numpy(), value[known].cpu().double().numpy()[order])
        return torch.from_numpy(forest.predict(_features(single, sets).numpy())).to(graph.affinity)


def _features(single: Tensor, sets: SetGraph) -> Tensor:
    """Members, target, and pools of single transfers: [M, 2 N + 7] float32."""
    target = torch.nn.functional.one_hot(sets.target, len(single))
    return torch.cat([sets.members, target, pooled_features(single, sets)], dim=-1).float().cpu()
