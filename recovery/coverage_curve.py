"""How often intervals of each level cover, checked on the cells that calibrate them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recovery.intervals.quantile import conformal_quantile

LEVELS = tuple(round(0.05 * step, 2) for step in range(2, 20))


class CoveragePoint(NamedTuple):
    """Share of cells inside their intervals of one level."""

    level: float
    coverage: float


def coverage_curve(size: npt.NDArray[np.float64], group: npt.NDArray[np.int64]) -> list[CoveragePoint]:
    """Calibrate intervals without each group of cells, and count how many of the group they cover.

    Args:
        size: [n] float64 ≥ 0, absolute residuals in units of their scale.
        group: [n] int64, fold of each; its own for each cell that was drawn.

    Returns:
        A point per level that the cells are enough for.

    >>> curve = coverage_curve(np.arange(100.0), np.arange(100))
    >>> curve[-2].level, round(curve[-2].coverage, 3)
    (0.9, 0.9)
    """
    points = []
    for level in LEVELS:
        bound = np.array([conformal_quantile(size[group != each], level) for each in np.unique(group)])
        if len(bound) and np.isfinite(bound).all():
            covered = size <= bound[np.searchsorted(np.unique(group), group)]
            points.append(CoveragePoint(level, float(covered.mean())))
    return points
