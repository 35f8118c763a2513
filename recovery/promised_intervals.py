"""Intervals of the unmeasured cells, as each of the three promises makes them."""

import numpy as np
import numpy.typing as npt

from recovery.cross_validation import CrossValidated
from recovery.guarantee import Chosen
from recovery.intervals.cv_plus import cv_plus
from recovery.intervals.interval import Intervals
from recovery.intervals.split_conformal import split_conformal
from recovery.measurements import Measurements


def make_intervals(
    cv: CrossValidated, measurements: Measurements, *, promise: Chosen, level: float
) -> Intervals:
    """Intervals of the unmeasured cells, as the promise goes.

    Args:
        cv: the model, fitted to the cells that were not drawn.
        measurements: the matrix.
        promise: how the cells were picked.
        level: nominal coverage.

    Returns:
        Intervals that contain the predictions, in the table's unit and direction.
    """
    if promise == "drawn":
        return split_conformal(cv.mean, cv.scale, measurements.table.value, measurements.drawn, level=level)
    size = np.abs(cv.residual)
    found = cv_plus(cv.fold_mean, cv.fold_scale, size, cv.fold_of, measurements.unmeasured, level=level)
    return Intervals(np.fmin(found.low, cv.mean), np.fmax(found.high, cv.mean))


def drawn_widening(cv: CrossValidated, measurements: Measurements) -> float:
    """How many times larger residuals of drawn cells are than those of cross-validation; 1 without any."""
    drawn = measurements.drawn
    usual = np.abs(cv.residual[cv.measured]).mean()
    if not drawn.any() or usual == 0.0:
        return 1.0
    return float(drawn_size(cv, measurements).mean() / usual)


def drawn_size(cv: CrossValidated, measurements: Measurements) -> npt.NDArray[np.float64]:
    """Absolute residuals of the drawn cells, in units of their scale."""
    size = np.abs(measurements.table.value - cv.mean) / cv.scale
    return size[measurements.drawn]
