"""The transfers that a Gaussian process is least sure of."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy


class PosteriorVariance(PlanStrategy):
    """Uncertainty sampling: the largest posterior variance of the Gaussian process over sources."""

    def gains(self, state: PlanState) -> FloatMatrix:
        """Posterior variance in squared deviations of the target, [N, N]."""
        gains = np.zeros(state.candidates.shape)
        for target in np.flatnonzero(state.candidates.any(0)):
            column = state.models.columns.column(int(target), pending=state.pending)
            gains[:, target] = np.square(column.scale)
        return gains
