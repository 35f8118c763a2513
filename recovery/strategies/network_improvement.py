"""Runs that are expected to find a better source, as the prior-fitted network sees it."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.posteriors.network import WIDTHS
from recovery.strategies.base import Models, PlanState, PlanStrategy
from recovery.strategies.network_ranks import rank_variance
from recovery.target_units import FloatVector

# Of the rank's variance, beside the improvement. Chosen on development tables, see docs/plan.md.
ORDER = 0.3
NARROWEST = 0.1  # range in deviations of a target: of one without transfers, there is none


class NetworkImprovement(PlanStrategy):
    """Expected improvement under the prior-fitted network's distributions, jointly with the pending runs.

    A run is worth the share of its target's range by which it is expected to exceed the best measured or
    pending source; of a target with neither, the worst source. The values of different sources are taken to
    be independent given what is measured, as the network gives no more than the distribution of each. Added
    is a share of the variance of its rank, for what a run says of the sources that are not measured, which
    runs under way on its source or target say as well.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Expected improvement as a share of the target's range, and part of the rank's variance: [N, N]."""
        exceeds, under_way = 1.0 - state.models.network.below, state.pending
        improvement = np.einsum("stw,tw,w->st", exceeds, reached_below(state), WIDTHS, optimize=True)
        shared = (1.0 + under_way.sum(1))[:, None] * (1.0 + under_way.sum(0))
        gains: FloatMatrix = (
            improvement / extremes(state.models).width + ORDER * rank_variance(state.models) / shared
        )
        return gains


def reached_below(state: PlanState) -> FloatMatrix:
    """Probability that what is reached for a target is below a value: [N, 42], by centre.

    Reached is the best of what is measured or pending; of a target with neither, its worst source.
    """
    run, below = state.known | state.pending, state.models.network.below
    best_below = np.prod(np.where(run[..., None], below, 1.0), axis=0)
    has_run = np.any(run, axis=0, keepdims=True).T
    return np.where(has_run, best_below, 1.0 - extremes(state.models).smallest_above)


class Extremes(NamedTuple):
    """The best and the worst source of each target.

    Attributes:
        smallest_above: [N, 42] float64, probability that the smallest value is above a value, by centre.
        width: [N] float64, expected difference of the largest and the smallest value, in deviations of the
            target: ∫ 1 − ∏ F − ∏ (1 − F), for distributions F of its sources.
    """

    smallest_above: FloatMatrix
    width: FloatVector


@lru_cache(maxsize=1)
def extremes(models: Models) -> Extremes:
    """What the network makes of the best and the worst source, measured values as they are."""
    below, eligible = models.network.below, models.table.eligible[..., None]
    largest_below = np.where(eligible, below, 1.0).prod(0)
    smallest_above = np.where(eligible, 1.0 - below, 1.0).prod(0)
    width = (1.0 - largest_below - smallest_above) @ WIDTHS
    return Extremes(smallest_above, np.maximum(width, NARROWEST))
