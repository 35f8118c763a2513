"""Runs that are expected to find a better source, as the prior-fitted network sees it."""

from functools import lru_cache

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.posteriors.network import WIDTHS, NetworkPosterior
from recovery.strategies.base import Models, PlanState, PlanStrategy
from recovery.strategies.network_ranks import rank_variance
from recovery.target_units import FloatVector

# Of the rank's variance, beside the improvement. Chosen on development tables, see docs/plan.md.
ORDER = 0.3
NARROWEST = 0.1  # range in deviations of a target: of one without transfers, there is none


class NetworkImprovement(PlanStrategy):
    """Expected improvement under the prior-fitted network's distributions, jointly with the pending runs.

    A run is worth the share of its target's range by which it is expected to exceed the best measured or
    pending source. The values of different sources are taken to be independent given what is measured, as the
    network gives no more than the distribution of each. Of a target with neither, that is the largest
    expectation. Added is a share of the variance of its rank, for what a run says of the sources that are not
    measured, which runs under way on its source or target say as well.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Expected improvement as a share of the target's range, and part of the rank's variance: [N, N]."""
        network, under_way = state.models.network, state.pending
        exceeds = 1.0 - network.below
        improvement = np.einsum("stw,tw,w->st", exceeds, reached_below(network, state), WIDTHS, optimize=True)
        shared = (1.0 + under_way.sum(1))[:, None] * (1.0 + under_way.sum(0))
        gains: FloatMatrix = (
            improvement / expected_range(state.models) + ORDER * rank_variance(state.models) / shared
        )
        return gains


def reached_below(network: NetworkPosterior, state: PlanState) -> FloatMatrix:
    """Probability that everything measured or pending of a target is below a value: [N, 42], by centre."""
    below = np.where(state.known[..., None], network.below, 1.0)
    reached: FloatMatrix = np.prod(np.where(state.pending[..., None], network.below, below), axis=0)
    return reached


@lru_cache(maxsize=1)
def expected_range(models: Models) -> FloatVector:
    """Expected difference of a target's largest and smallest value: ∫ 1 − ∏ F − ∏ (1 − F) over its sources.

    Args:
        models: what is known; F are the network's distributions, measured values as they are.

    Returns:
        [N] float64, in deviations of the target.
    """
    below, eligible = models.network.below, models.table.eligible[..., None]
    largest_below = np.where(eligible, below, 1.0).prod(0)
    smallest_above = np.where(eligible, 1.0 - below, 1.0).prod(0)
    found: FloatVector = np.maximum((1.0 - largest_below - smallest_above) @ WIDTHS, NARROWEST)
    return found
