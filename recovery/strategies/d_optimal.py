"""The sources that say most about a target's factors: D-optimal design."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.posteriors.gaussian_columns import NOISE
from recovery.strategies.base import PlanState, PlanStrategy

FACTORS = 3


class DOptimal(PlanStrategy):
    """Greedy D-optimal design of a linear regression on three factors of the sources.

    The factors are the leading eigenvectors of the sources' covariance, scaled by its eigenvalues; a
    target's values are a level and a weighted sum of them. A run is worth the logarithm of the factor by
    which the determinant of the weights' information grows (Fedorov, 1972).
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Gain of the log-determinant, [N, N]."""
        value, vector = np.linalg.eigh(state.models.columns.covariance)
        top = slice(-1, -FACTORS - 1, -1)
        factors = vector[:, top] * np.sqrt(np.maximum(value[top], 0.0))
        design = np.column_stack([np.ones(len(factors)), factors])
        run = state.known | state.pending
        gains = np.zeros(run.shape)
        for target in np.flatnonzero(state.candidates.any(0)):
            rows = design[run[:, target]]
            information = np.eye(design.shape[1]) + rows.T @ rows / NOISE
            spread = np.einsum("sf,fs->s", design, np.linalg.solve(information, design.T))
            gains[:, target] = np.log1p(spread / NOISE)
        return gains
