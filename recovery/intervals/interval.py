"""Lower and upper bounds of all cells, and keeping them inside the range of a bounded metric."""

from typing import NamedTuple

import numpy as np

from datamodules.matrix_types import BoolMatrix, FloatMatrix

RANGES = ((0.0, 1.0), (0.0, 100.0))


class Intervals(NamedTuple):
    """An interval per cell.

    Attributes:
        low: [N, N] float64; −∞ where unbounded.
        high: [N, N] float64; ∞ where unbounded.
    """

    low: FloatMatrix
    high: FloatMatrix

    @property
    def bounded(self) -> BoolMatrix:
        """[N, N] bool, where both bounds are finite."""
        return np.isfinite(self.low) & np.isfinite(self.high)


def metric_range(value: FloatMatrix) -> tuple[float, float] | None:
    """The range of a metric, guessed from its measured values as the user gave them.

    Args:
        value: [...] float64; NaN is left out.

    Returns:
        (0, 1) if all values lie in it, else (0, 100) if all lie in that, else None.

    >>> metric_range(np.array([0.2, np.nan])), metric_range(np.array([0.2, 55.0]))
    ((0.0, 1.0), (0.0, 100.0))
    >>> metric_range(np.array([-1.0, 0.5])) is None
    True
    """
    known = value[np.isfinite(value)]
    for low, high in RANGES:
        if known.size and low <= known.min() and known.max() <= high:
            return low, high
    return None
