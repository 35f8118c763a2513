"""Standardising a sparse table per target by its observed cells, as matrices are."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.sparse.table import SparseAffinityTable, Values

Vector = npt.NDArray[np.float64]


class TargetMoments(NamedTuple):
    """What standardises each of T targets.

    Attributes:
        measured: [T] int64, observed cells.
        mean: [T] float64, of the observed cells.
        deviation: [T] float64, their population standard deviation; 1 for a constant target.
    """

    measured: npt.NDArray[np.int64]
    mean: Vector
    deviation: Vector


def target_moments(table: SparseAffinityTable, observed: npt.NDArray[np.bool_]) -> TargetMoments:
    """Mean and deviation of each target's observed cells, as :func:`datamodules.standardise.column_moments`.

    Args:
        table: E measured cells.
        observed: [E] bool; the values of other cells are not read.

    Returns:
        The moments; a target without observed cells gets the average moments of the others.
    """
    targets, target = len(table.target_names), table.target[observed]
    value = table.value[observed].astype(np.float64)
    count = np.bincount(target, minlength=targets)
    some = np.maximum(count, 1)
    mean = np.bincount(target, value, minlength=targets) / some
    deviation = np.sqrt(np.bincount(target, (value - mean[target]) ** 2, minlength=targets) / some)
    low, high = np.full(targets, np.inf), np.full(targets, -np.inf)
    np.minimum.at(low, target, value)
    np.maximum.at(high, target, value)
    deviation[low >= high] = 1.0
    if (count > 0).any():
        mean[count == 0] = mean[count > 0].mean()
        deviation[count == 0] = deviation[count > 0].mean()
    return TargetMoments(count, mean, deviation)


def standardised(
    table: SparseAffinityTable, observed: npt.NDArray[np.bool_], moments: TargetMoments
) -> Values:
    """z-scores of all measured cells by the observed ones, as :func:`datamodules.standardise.z_scores`.

    Args:
        table: E measured cells.
        observed: [E] bool.
        moments: of the observed cells, see :func:`target_moments`.

    Returns:
        [E] float32. If k cells of a target are observed, those of others are clipped to ±√(k − 1).
    """
    count, mean, deviation = moments
    scores = (table.value - mean[table.target]) / deviation[table.target]
    limit = count.astype(np.float64)
    limit[count == 0] = limit[count > 0].mean() if observed.any() else np.inf
    bound = np.sqrt(limit - 1)[table.target]
    kept: Values = np.where(observed, scores, np.clip(scores, -bound, bound)).astype(np.float32)
    return kept
