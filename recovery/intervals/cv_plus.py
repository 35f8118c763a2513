"""The second promise: cross-validation on the measured cells, with everything refitted in each fold."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.intervals.interval import Intervals
from recovery.intervals.quantile import lower_rank, upper_rank

_CHUNK = 2**22  # numbers held at once


def cv_plus(
    mean: npt.NDArray[np.float64],
    scale: npt.NDArray[np.float64],
    size: FloatMatrix,
    fold_of: npt.NDArray[np.int64],
    wanted: BoolMatrix,
    *,
    level: float,
) -> Intervals:
    """CV+ intervals (Barber, Candès, Ramdas & Tibshirani, Annals of Statistics 2021), normalised.

    If measured and unmeasured cells are exchangeable, as for cells missing at random, coverage is at least 2
    · ``level`` − 1 in theory, up to a term that falls with the number of folds, and about ``level`` in
    practice. It holds for nothing else: not for cells that were picked by hand.

    Args:
        mean: [K, N, N] float64, predictions without each fold.
        scale: [K, N, N] float64 > 0, their scales.
        size: [N, N] float64 ≥ 0, residual of each measured cell, from the fit without its fold, in units of
            its scale.
        fold_of: [N, N] int64, fold of each measured cell; −1 for all others.
        wanted: [N, N] bool, cells to make intervals for.
        level: nominal coverage, in (0, 1).

    Returns:
        The intervals; unbounded with too few measured cells, and NaN where not wanted.

    >>> fold_of = np.arange(-1, 20).reshape(3, 7)
    >>> first = np.zeros((3, 7), bool)
    >>> first[0, 0] = True
    >>> same = np.zeros((20, 3, 7))
    >>> intervals = cv_plus(same, same + 1, fold_of.astype(float), fold_of, first, level=0.9)
    >>> float(intervals.low[0, 0]), float(intervals.high[0, 0])
    (-18.0, 18.0)
    """
    own = fold_of >= 0
    fold, residual = fold_of[own], size[own]
    count = len(residual)
    below, above = lower_rank(count, level), upper_rank(count, level)
    low, high = np.full(wanted.shape, np.nan), np.full(wanted.shape, np.nan)
    places = np.argwhere(wanted)
    step = max(1, _CHUNK // max(count, 1))
    for start in range(0, len(places), step):
        rows, columns = places[start : start + step].T
        centre, reach = mean[:, rows, columns][fold].T, scale[:, rows, columns][fold].T * residual
        low[rows, columns] = _ranked(centre - reach, below)
        high[rows, columns] = _ranked(centre + reach, above)
    # Folds that disagree can leave the lower end above the upper one: the interval is then empty in theory.
    return Intervals(np.fmin(low, high), np.fmax(low, high))


def _ranked(ends: npt.NDArray[np.float64], rank: int) -> npt.NDArray[np.float64]:
    """The ends of a rank, counted from 1, per row; infinite beyond the first and the last."""
    if rank < 1:
        return np.full(len(ends), -np.inf)
    if rank > ends.shape[1]:
        return np.full(len(ends), np.inf)
    return np.partition(ends, rank - 1, axis=1)[:, rank - 1]
