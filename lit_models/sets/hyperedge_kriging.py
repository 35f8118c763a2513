"""Gaussian process regression on hyperedges: which sources, which target, and which training run."""

from typing import NamedTuple

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.layers.conjugate_gradients import conjugate_gradients
from lit_models.sets.base import SetModel
from lit_models.sets.run_residuals import run_numbers, shared_residuals
from lit_models.sets.singles import filled_singles, pooled_features

ITERATIONS = 60
# Prior variances of the terms, chosen on development splits.
POOLS_SHARED, POOLS_OF_TARGET = 0.3, 0.1
MEMBERS_OF_TARGET, MEMBERS_OF_ALIKE = 0.3, 0.3


class _Term(NamedTuple):
    """A kernel (features of one set · features of the other) · (how alike their targets are).

    Attributes:
        features: [M, P] float64.
        targets: [N, N] float64, positive semi-definite.
    """

    features: Tensor
    targets: Tensor


class HyperedgeKriging(SetModel):
    """A Gaussian process over hyperedges, in closed form, and kriging of its residuals within training runs.

    The kernel is a sum of products. Sets are alike if the single transfers of their members pool alike, for
    all targets or for one; and if they share members, for one target or for targets whose columns of single
    transfers correlate. Values are normal scores per target. Tasks that are trained together share what
    happened in their run: residuals of its other targets predict a target's own. Where no set is known, the
    score is Σ z / √size over the members' single transfers, the best parameter-free pool on development
    splits.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: width of Z; if any, targets are also alike by Z.
        noise: variance of what sets do not share.
    """

    batchable: bool = False
    reads_values: bool = True

    def __init__(self, num_tasks: int, num_features: int, *, noise: float = 2.0) -> None:  # noqa: ARG002  # common signature
        super().__init__()
        self.noise = noise

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float; solved in float64."""
        known = sets.observed
        single = filled_singles(graph).double()
        pools = pooled_features(single, sets)
        if not known.any():
            return pools[:, 5].to(graph.affinity)
        value = normal_scores(sets)[known]
        terms = self._terms(graph, single, sets, pools)
        target, own = sets.target, sets.target[known]
        own_terms = [term._replace(features=term.features[known]) for term in terms]

        def covariance(weights: Tensor, to: list[_Term], heads: Tensor) -> Tensor:
            found = weights.new_zeros(len(heads), 1)
            for here, there in zip(own_terms, to, strict=True):
                mixed = here.targets @ _sums(here.features * weights, own, len(single))
                found += (there.features * mixed[heads]).sum(1, keepdim=True)
            return found

        weights = conjugate_gradients(
            lambda each: covariance(each, own_terms, own) + self.noise * each,
            value[:, None],
            steps=ITERATIONS,
        )
        mean = covariance(weights, terms, target).squeeze(1)
        residual = value.new_zeros(len(known)).masked_scatter(known, value - mean[known])
        return (mean + shared_residuals(residual, known, run_numbers(sets), target)).to(graph.affinity)

    def _terms(self, graph: TaskGraph, single: Tensor, sets: SetGraph, pools: Tensor) -> list[_Term]:
        """Centred features over the observed sets, each with its prior variance."""
        known = sets.observed
        spread, mean = torch.std_mean(pools[known], 0, correction=0)
        pools = (pools - mean) / torch.where(spread > 0, spread, 1.0)
        members = sets.members.double()
        members = members - members[known].mean(0)
        identity = torch.eye(len(single), dtype=torch.float64, device=single.device)
        alike = _correlation(single, graph.eligible)
        return [
            _Term(pools, POOLS_SHARED * torch.ones_like(identity) + POOLS_OF_TARGET * identity),
            _Term(members, MEMBERS_OF_TARGET * identity + MEMBERS_OF_ALIKE * alike),
        ]


def normal_scores(sets: SetGraph) -> Tensor:
    """Standard normal quantiles of the ranks of observed sets, per target: Φ⁻¹((rank − ½) / k).

    Args:
        sets: M sets.

    Returns:
        [M] float64; 0 where not observed.

    >>> one = torch.zeros(3, dtype=torch.int64)
    >>> sets = SetGraph(torch.ones(3, 2), one, torch.tensor([5.0, 7.0, 5.0]), one == 0, one == 1)
    >>> normal_scores(sets).round(decimals=2).tolist()
    [-0.43, 0.97, -0.43]
    """
    scores = torch.zeros_like(sets.value, dtype=torch.float64)
    for target in range(sets.members.shape[-1]):
        rows = (sets.observed & (sets.target == target)).nonzero().flatten()
        if not len(rows):
            continue
        ordered = sets.value[rows].sort().values
        below = torch.searchsorted(ordered, sets.value[rows])
        upto = torch.searchsorted(ordered, sets.value[rows], right=True)
        scores[rows] = torch.special.ndtri((below + upto).double() / 2 / len(rows))
    return scores


def _sums(rows: Tensor, target: Tensor, tasks: int) -> Tensor:
    """Sums of rows [M, P] per target: [N, P]."""
    return rows.new_zeros(tasks, rows.shape[1]).index_add(0, target, rows)


def _correlation(single: Tensor, eligible: Tensor) -> Tensor:
    """How alike targets are: correlation of their columns of single transfers, [N, N] float64, PSD."""
    column = torch.where(eligible, single, 0.0)
    column = column - column.mean(0)
    column = column / column.norm(dim=0).clamp(min=1e-9)
    alike: Tensor = column.mT @ column
    return alike
