"""The transfers that are expected to exceed the best measured one by most."""

import numpy as np
from scipy.special import ndtr

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy
from recovery.target_units import FloatVector


class ExpectedImprovement(PlanStrategy):
    """Expected improvement on the best measured source (Močkus, 1975), under the Gaussian process.

    Of a target with nothing measured, the best expected source stands in for the best measured one.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Expected improvement in deviations of the target, [N, N]."""
        columns = state.models.columns
        gains = np.zeros(state.candidates.shape)
        for target in np.flatnonzero(state.candidates.any(0)):
            column = columns.column(int(target), pending=state.pending)
            best = columns.best(int(target))
            if not np.isfinite(best):
                best = float(column.mean[state.table.eligible[:, target]].max())
            gains[:, target] = expected_improvement(column.mean, column.scale, best)
        return gains


def expected_improvement(mean: FloatVector, scale: FloatVector, best: float) -> FloatVector:
    """E max(X − best, 0) of normal X.

    Args:
        mean: float64.
        scale: float64 > 0, standard deviations.
        best: what is to be exceeded.

    Returns:
        float64 ≥ 0 in the same shape.

    >>> expected_improvement(np.zeros(1), np.ones(1), 0.0).round(4).tolist()
    [0.3989]
    """
    above = (mean - best) / scale
    density = np.exp(-np.square(above) / 2) / np.sqrt(2 * np.pi)
    improvement: FloatVector = np.maximum(scale * (above * ndtr(above) + density), 0.0)
    return improvement
