"""Linear surrogate of what a set gives: a regression on its members, for each target."""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.sets.base import SetModel
from lit_models.sets.singles import filled_singles

MEMBERS_LOOSER = 10.0  # how much less single members are shrunk than pairs


class LinearSurrogate(SetModel):
    """Ridge regression of a target's measured sets on the presence of each source.

    Li, Nguyen & Zhang, "Identification of negative transfers in multitask learning using surrogate models"
    (TMLR 2023). For a target without a measured set, the score is the sum of single transfers.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused; part of the common signature.
        penalty: of the ridge regression on features whose squares sum to 1 in a set, on average; a tenth of
            it for single members. Both were chosen on development splits.
        pair_terms: add a term for each pair of sources.
    """

    batchable: bool = False
    reads_values: bool = True

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        penalty: float = 1.0,
        pair_terms: bool = False,
    ) -> None:
        super().__init__()
        self.penalty = penalty
        self.pair_terms = pair_terms

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float."""
        members, target = sets.members.cpu().numpy(), sets.target.cpu().numpy()
        observed, value = sets.observed.cpu().numpy(), sets.value.cpu().double().numpy()
        features = _unit(members.astype(np.float64), observed) * MEMBERS_LOOSER**0.5
        if self.pair_terms:
            features = np.concatenate([features, _unit(pair_terms(members), observed)], axis=1)
        scores = (members * filled_singles(graph).mT.cpu().double().numpy()[target]).sum(1)
        for each in np.unique(target):
            own = target == each
            known = own & observed
            if known.sum() > 1:
                scores[own] = Ridge(self.penalty).fit(features[known], value[known]).predict(features[own])
        return torch.from_numpy(scores).to(graph.affinity)


def pair_terms(members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Presence of each pair of sources: [M, N (N − 1) / 2] float64.

    >>> pair_terms(np.array([[True, True, False]])).tolist()
    [[1.0, 0.0, 0.0]]
    """
    one, other = np.triu_indices(members.shape[1], 1)
    return (members[:, one] & members[:, other]).astype(np.float64)


def _unit(features: NDArray[np.float64], observed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Scaled so that the squares of an observed set's features sum to 1, on average."""
    norm = (features[observed] ** 2).sum(1).mean() if observed.any() else 0.0
    return features / norm**0.5 if norm > 0 else features
