"""How much harder than usual each target is, by its residuals, shrunken towards the usual."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix

# Residuals of a usual target that every target is given on top of its own.
PSEUDO_RESIDUALS = 5.0


class TargetFactors(NamedTuple):
    """Factors of the targets' scales.

    Attributes:
        of_target: [N] float64 > 0, for cells that the residuals are not of.
        of_cell: [N, N] float64 > 0, for the cells that they are of: each without its own residual.
    """

    of_target: npt.NDArray[np.float64]
    of_cell: FloatMatrix


def target_factors(size: FloatMatrix, known: BoolMatrix) -> TargetFactors:
    """Compare each target's residuals with those of all.

    Args:
        size: [N, N] float64 ≥ 0, absolute residuals in units of their scale; read only where known.
        known: [N, N] bool, cells with a residual.

    Returns:
        The mean size of a target's residuals over that of all, with :data:`PSEUDO_RESIDUALS` usual ones added
        to it; 1 for a target without residuals, and everywhere if all residuals are 0.

    >>> size = np.array([[1.0, 3.0], [1.0, 3.0]])
    >>> target_factors(size, np.ones((2, 2), bool)).of_target.round(3).tolist()
    [0.857, 1.143]
    """
    count = known.sum(0)
    sums = np.where(known, size, 0.0).sum(0)
    usual = sums.sum() / max(count.sum(), 1)
    if usual == 0.0:
        return TargetFactors(np.ones(len(sums)), np.ones(size.shape))
    prior = PSEUDO_RESIDUALS * usual
    of_target = (sums + prior) / (count + PSEUDO_RESIDUALS) / usual
    without = (sums - size + prior) / (count - 1 + PSEUDO_RESIDUALS) / usual
    return TargetFactors(of_target, np.where(known, without, of_target))
