"""Runs whose place among the sources of their target the prior-fitted network is least sure of."""

from functools import lru_cache

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import Models, PlanState, PlanStrategy


class NetworkRanks(PlanStrategy):
    """Variance of a source's rank under the prior-fitted network's distributions, spread over the matrix.

    What a run says of its source, the runs that are there say as well: the variance is divided by one more
    than their number, measured or pending. So it is by the runs of its target; but the first of them orders
    no two sources, so two of them are worth that of one.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Variance of the rank, as a share of all ranks, per run of its row and column: [N, N]."""
        run = state.known | state.pending
        of_source, of_target = run.sum(1), run.sum(0)
        shared = (1.0 + of_source)[:, None] * np.where(of_target == 0, 2.0, of_target)
        gains: FloatMatrix = rank_variance(state.models) / shared
        return gains


@lru_cache(maxsize=1)
def rank_variance(models: Models) -> FloatMatrix:
    """Variance of the share of its target's sources that a source exceeds.

    A value's expected share is the mean over sources of their distributions at it. A value that is unsure
    where many sources lie is less sure of its rank than one that is as unsure far from all others.

    Args:
        models: what is known.

    Returns:
        [N, N] float64; 0 where measured.
    """
    network, eligible = models.network, models.table.eligible
    sources = np.maximum(eligible.sum(0), 1)
    share = np.einsum("stw,st->tw", network.below, eligible, dtype=np.float64) / sources[:, None]
    mean = np.einsum("stw,tw->st", network.mass, share)
    square = np.einsum("stw,tw->st", network.mass, np.square(share))
    return np.where(network.known, 0.0, np.maximum(square - np.square(mean), 0.0))
