"""Runs that decide which few sources to train at all, as the prior-fitted network sees it."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.selection.by_exchange import sources_by_exchange
from recovery.selection.source_sets import IntVector
from recovery.strategies.base import Models, PlanState, PlanStrategy

DRAWS = 32


class SharedChoice(NamedTuple):
    """Sources to train, and which of them serves each target.

    Attributes:
        sources: indices of the sources that serve a target, increasing.
        serves: [N, N] bool, source × target.
    """

    sources: IntVector
    serves: BoolMatrix


class NetworkShared(PlanStrategy):
    """How often a run decides the choice of sources, times how unsure its value is.

    Matrices are drawn from the prior-fitted network's distributions, and the best sources of each are chosen.
    A run counts where it serves its target. A pending run of a target takes from the worth of its others.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Share of the draws in which a source serves a target, times the deviation, [N, N]."""
        choices = choices_in_draws(state.models, shared=state.shared, seed=state.seed)
        served = np.mean([choice.serves for choice in choices], axis=0)
        gains: FloatMatrix = served * state.models.network.scale / (1.0 + state.pending.sum(0))
        return gains


@lru_cache(maxsize=1)
def choices_in_draws(models: Models, *, shared: int, seed: int) -> list[SharedChoice]:
    """The sources chosen in matrices as they may be: measured values as they are, others normal.

    They rest on the measured values alone, so that they are the same for all runs of a batch.

    Args:
        models: what is known.
        shared: how many sources are to be trained.
        seed: of the draws.

    Returns:
        A choice per draw.
    """
    network, rng = models.network, np.random.default_rng(seed)
    return [
        choose_sources(
            network.mean + network.scale * rng.standard_normal(network.mean.shape),
            models.table.eligible,
            shared=shared,
        )
        for _ in range(DRAWS)
    ]


def choose_sources(value: FloatMatrix, eligible: BoolMatrix, *, shared: int) -> SharedChoice:
    """The sources with the largest sum over targets of the best transfer from them, but for single exchanges.

    Args:
        value: [N, N] float64, z-scores.
        eligible: [N, N] bool, transfers that exist. A target without one from the chosen sources counts as if
            it were served by the worst transfer of all.
        shared: how many sources there may be.

    Returns:
        The choice.
    """
    sources, targets = np.flatnonzero(eligible.any(1)), np.flatnonzero(eligible.any(0))
    part = np.ix_(sources, targets)
    worth = np.where(eligible, value, value[eligible].min())[part]
    chosen = sources_by_exchange(worth, count=shared)
    served_by = sources[chosen[worth[chosen].argmax(0)]]
    serves = np.zeros_like(eligible)
    serves[served_by, targets] = True
    return SharedChoice(np.unique(served_by), serves & eligible)
