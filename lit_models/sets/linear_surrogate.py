"""Linear surrogate of what a set gives: a regression on its members, for each target."""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import RidgeCV
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.sets.base import SetModel
from lit_models.sets.singles import filled_singles

# Ridge penalties to choose from by leave-one-out.
PENALTIES = tuple(10.0**power for power in range(-1, 5))


class LinearSurrogate(SetModel):
    """Ridge regression of a target's measured sets on the presence of each source.

    Li, Nguyen & Zhang, "Identification of negative transfers in multitask learning using surrogate models"
    (TMLR 2023). For a target without a measured set, the score is the sum of single transfers.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused; part of the common signature.
        pair_terms: add a term for each pair of sources.
    """

    batchable: bool = False

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        pair_terms: bool = False,
    ) -> None:
        super().__init__()
        self.pair_terms = pair_terms

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float."""
        members, target = sets.members.cpu().numpy(), sets.target.cpu().numpy()
        observed, value = sets.observed.cpu().numpy(), sets.value.cpu().double().numpy()
        features = with_pair_terms(members) if self.pair_terms else members.astype(np.float64)
        scores = (members * filled_singles(graph).mT.cpu().double().numpy()[target]).sum(1)
        for each in np.unique(target):
            own = target == each
            known = own & observed
            if known.sum() > 1:
                scores[own] = RidgeCV(PENALTIES).fit(features[known], value[known]).predict(features[own])
        return torch.from_numpy(scores).to(graph.affinity)


def with_pair_terms(members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Presence of each source and of each pair of sources: [M, N (N + 1) / 2] float64.

    >>> with_pair_terms(np.array([[True, True, False]])).tolist()
    [[1.0, 1.0, 0.0, 1.0, 0.0, 0.0]]
    """
    one, other = np.triu_indices(members.shape[1], 1)
    return np.concatenate([members, members[:, one] & members[:, other]], axis=1).astype(np.float64)
