"""Runs that decide which few sources to train at all, as the prior-fitted network sees it."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.posteriors.network import NetworkPosterior
from recovery.strategies.base import PlanState, PlanStrategy
from recovery.target_units import FloatVector

DRAWS = 32


class NetworkShared(PlanStrategy):
    """How often a run decides the choice of sources, times how unsure its value is.

    Matrices are drawn from the prior-fitted network's distributions. Of each, the sources are chosen one by
    one, each the one that adds most to the sum over targets of the best chosen source (greedy, which is
    within 1 − 1/e of the optimum: Nemhauser et al., 1978). A run counts where it serves its target.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Share of the draws in which a source serves a target, times the deviation, [N, N]."""
        network, targets = state.models.network, state.table.eligible.any(0)
        served = np.zeros(state.candidates.shape)
        for value in drawn_matrices(network, state.table.eligible, rng=state.rng):
            chosen = chosen_sources(value, count=state.shared)
            best = chosen[value[chosen].argmax(0)]
            served[best[targets], np.flatnonzero(targets)] += 1.0 / DRAWS
        again = 1.0 + state.pending.sum(0)
        gains: FloatMatrix = served * network.scale / again
        return gains


def drawn_matrices(
    network: NetworkPosterior, eligible: BoolMatrix, *, rng: np.random.Generator, count: int = DRAWS
) -> list[FloatMatrix]:
    """Matrices of z-scores as they may be: measured values as they are, others normal and independent.

    Args:
        network: what is known.
        eligible: [N, N] bool, transfers that exist.
        rng: draws.
        count: how many.

    Returns:
        Matrices [N, N] float64; −∞ where there is no transfer.
    """
    draws = (network.mean + network.scale * rng.standard_normal(eligible.shape) for _ in range(count))
    return [np.where(eligible, draw, -np.inf) for draw in draws]


def chosen_sources(value: FloatMatrix, *, count: int) -> npt.NDArray[np.int64]:
    """Sources chosen greedily, so that targets are served well on average.

    Args:
        value: [N, N] float64, z-scores; −∞ where there is no transfer.
        count: how many.

    Returns:
        [count] int64, in the order of choice.
    """
    lowest = value[np.isfinite(value)].min()
    worth = np.where(np.isfinite(value), value, lowest)
    reached: FloatVector = np.full(len(value), lowest)
    chosen: list[int] = []
    for _ in range(min(count, int(np.isfinite(value).any(1).sum()))):
        adds = np.maximum(worth - reached, 0.0).sum(1)
        adds[chosen] = -1.0
        chosen.append(int(adds.argmax()))
        reached = np.maximum(reached, worth[chosen[-1]])
    return np.array(chosen)
