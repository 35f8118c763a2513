"""Runs that are expected to find a better source, as the prior-fitted network sees it."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.posteriors.network import WIDTHS, NetworkPosterior
from recovery.strategies.base import PlanState, PlanStrategy


class NetworkImprovement(PlanStrategy):
    """Expected improvement under the prior-fitted network's distributions, jointly with the pending runs.

    A run is worth how much it is expected to exceed the best measured or pending source of its target. The
    values of different sources are taken to be independent given what is measured, as the network gives no
    more than the distribution of each. Of a target with neither, that is the largest expectation.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Expected improvement in deviations of the target, [N, N]."""
        network = state.models.network
        reached = reached_below(network, state)
        exceeds = 1.0 - network.below
        gains: FloatMatrix = np.einsum("stw,tw,w->st", exceeds, reached, WIDTHS, optimize=True)
        return gains


def reached_below(network: NetworkPosterior, state: PlanState) -> FloatMatrix:
    """Probability that everything measured or pending of a target is below a value: [N, 42], by centre."""
    below = np.where(state.known[..., None], network.below, 1.0)
    reached: FloatMatrix = np.prod(np.where(state.pending[..., None], network.below, below), axis=0)
    return reached
