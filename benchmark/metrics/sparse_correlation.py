"""Rank correlation per target of cells in coordinates, for tables too large for a matrix."""

import numpy as np
import numpy.typing as npt

from datamodules.splits.protocol import MIN_QUERIES

Numbers = npt.NDArray[np.floating]


def sparse_per_target_spearman(
    scores: Numbers, truth: Numbers, target: npt.NDArray[np.integer], *, targets: int
) -> npt.NDArray[np.float64]:
    """Spearman's rank correlation of each target's cells, as the protocol's metric of matrices.

    Args:
        scores: [M] float, predictions of the query cells, higher = better; finite.
        truth: [M] float, their true values.
        target: [M] integers in [0, T).
        targets: T.

    Returns:
        [T] float64 in [−1, 1]; 0 for constant predictions, NaN for a target with fewer than three cells or
        constant truth.

    >>> target = np.array([0, 0, 0, 1, 1, 1, 2])
    >>> scores = np.array([1.0, 2.0, 3.0, 5.0, 5.0, 5.0, 0.0])
    >>> sparse_per_target_spearman(scores, np.arange(7.0), target, targets=3).tolist()
    [1.0, 0.0, nan]
    """
    if not np.isfinite(scores).all():
        raise ValueError(f"{int((~np.isfinite(scores)).sum())} of {len(scores)} scores are not finite")
    count = np.bincount(target, minlength=targets)
    predicted, actual = (_centred_ranks(each, target, count) for each in (scores, truth))
    covariance, of_scores, of_truth = (
        np.bincount(target, product, minlength=targets)
        for product in (predicted * actual, predicted**2, actual**2)
    )
    scale = np.sqrt(of_scores * of_truth)
    correlation = np.divide(covariance, scale, out=np.zeros(targets), where=scale > 0)
    return np.where((count >= MIN_QUERIES) & (of_truth > 0), correlation, np.nan)


def _centred_ranks(
    value: Numbers, target: npt.NDArray[np.integer], count: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """[M] float64: ranks within each target, ties averaged, minus their mean."""
    order = np.lexsort((value, target))
    new = np.ones(len(value), dtype=bool)
    new[1:] = (value[order][1:] != value[order][:-1]) | (target[order][1:] != target[order][:-1])
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, len(value)))
    start = np.cumsum(count) - count
    ranks = np.empty(len(value))
    ranks[order] = np.repeat(first + (size - 1) / 2, size)
    centred: npt.NDArray[np.float64] = ranks - start[target] - (count[target] - 1) / 2
    return centred
