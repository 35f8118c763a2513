"""The sources that the measured ones of a target explain least: pivoted QR of the other columns."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy

NEGLIGIBLE = 1e-9


class PivotedQR(PlanStrategy):
    """Sensor placement by QR with column pivoting (Manohar et al., IEEE Control Systems 2018).

    A source is a vector of its z-scores over targets, 0 where not measured. Of each target, the sources that
    were run span a space; the next pivot is the source whose vector is furthest from it.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Length of what is left of each source, [N, N]."""
        score = state.models.columns.score
        run = state.known | state.pending
        gains = np.zeros(score.shape)
        for target in np.flatnonzero(state.candidates.any(0)):
            others = np.delete(score, target, axis=1)
            basis = _orthonormal(others[run[:, target]])
            left = others - others @ basis.T @ basis
            gains[:, target] = np.linalg.norm(left, axis=1)
        return gains


def _orthonormal(rows: FloatMatrix) -> FloatMatrix:
    """An orthonormal basis of the space that rows span, [rank, N]."""
    _, size, basis = np.linalg.svd(rows, full_matrices=False)
    return basis[size > NEGLIGIBLE]
