"""Runs that the prior-fitted network is least sure of, spread over sources and targets."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy


class NetworkUncertainty(PlanStrategy):
    """Variance under the prior-fitted network's distributions, shared with the runs that are pending.

    What a run says of its row and its column, a pending run there says as well: the variance is divided by
    one more than the number of pending runs of its source, and of its target.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Variance in squared deviations of the target, [N, N]."""
        of_source, of_target = state.pending.sum(1), state.pending.sum(0)
        shared: FloatMatrix = (1.0 + of_source)[:, None] * (1.0 + of_target)
        return np.square(state.models.network.scale) / shared
