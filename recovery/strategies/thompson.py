"""The transfers that are best in a matrix drawn from what is still possible."""

import numpy as np
from scipy.special import ndtr

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy


class Thompson(PlanStrategy):
    """Thompson sampling: draw a target's column from the Gaussian process, and take its largest improvement.

    Runs that improve on nothing in the draw keep a small worth, in the order of the draw.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Improvement on the best measured source in one draw, in deviations of the target, [N, N]."""
        columns, rng = state.models.columns, state.rng
        gains = np.zeros(state.candidates.shape)
        for target in np.flatnonzero(state.candidates.any(0)):
            column = columns.column(int(target), pending=state.pending)
            value, vector = np.linalg.eigh(column.covariance)
            root = vector * np.sqrt(np.maximum(value, 0.0))
            draw = column.mean + root @ rng.standard_normal(len(root))
            best = columns.best(int(target))
            improvement = draw - (best if np.isfinite(best) else draw.min())
            gains[:, target] = np.maximum(improvement, 0.0) + 1e-6 * ndtr(draw)
        return gains
