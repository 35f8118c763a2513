"""Standardising affinities per target, fitted on observed entries only."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix

Scale = Literal["zscore", "mix"]


def column_moments(
    value: FloatMatrix, observed: BoolMatrix
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and standard deviation of each target's observed affinities.

    AHP columns sum to one, so the raw observed values reveal the sum of the hidden ones; z-scores do not.

    Args:
        value: [N, N] float64, source × target; read only where observed.
        observed: [N, N] bool.

    Returns:
        Mean and (population) standard deviation, each [N] float64; the deviation of a constant target is 1. A
        target without observed entries gets the average moments of the other targets.

    >>> mean, deviation = column_moments(np.array([[0., 1.], [2., 9.]]), np.array([[1, 1], [1, 0]], bool))
    >>> mean.tolist(), deviation.tolist()
    ([1.0, 1.0], [1.0, 1.0])
    """
    count = observed.sum(0)
    some = np.maximum(count, 1)
    mean = np.where(observed, value, 0.0).sum(0) / some
    deviation = np.sqrt(((np.where(observed, value, mean) - mean) ** 2).sum(0) / some)
    # Tested by range, not by deviation: the rounded mean of equal values may differ from them slightly.
    low = np.where(observed, value, np.inf).min(0, initial=np.inf)
    high = np.where(observed, value, -np.inf).max(0, initial=-np.inf)
    deviation[low >= high] = 1.0
    if (count > 0).any():
        mean[count == 0] = mean[count > 0].mean()
        deviation[count == 0] = deviation[count > 0].mean()
    return mean, deviation


def z_scores(value: FloatMatrix, observed: BoolMatrix) -> FloatMatrix:
    """z-scores per target, by the mean and standard deviation of its observed affinities.

    Args:
        value: [N, N] float64, source × target; entries that are not observed do not affect other entries.
        observed: [N, N] bool.

    Returns:
        [N, N] float64. If k entries of a target are observed, the others are clipped to ±√(k − 1); a target
        without observed entries gets the average moments and the average k of the other targets.

    >>> value = np.array([[1., 5.], [3., 5.], [90., 4.]])
    >>> z_scores(value, np.array([[1, 1], [1, 1], [0, 0]], bool)).tolist()
    [[-1.0, 0.0], [1.0, 0.0], [1.0, -1.0]]
    """
    mean, deviation = column_moments(value, observed)
    scores: FloatMatrix = (value - mean) / deviation
    # The bound holds for observed entries (Samuelson, 1968). A validation entry can exceed it by thousands of
    # deviations if the observed entries are nearly equal, and would then decide early stopping alone.
    count = observed.sum(0).astype(np.float64)
    count[count == 0] = count[count > 0].mean() if observed.any() else np.inf
    bound = np.sqrt(count - 1)
    return np.where(observed, scores, np.clip(scores, -bound, bound))


def mixed_scores(value: FloatMatrix, observed: BoolMatrix) -> FloatMatrix:
    """Mean of z-score and normal score per target, by its observed affinities.

    Args:
        value: [N, N] float64, source × target; entries that are not observed do not affect other entries.
        observed: [N, N] bool.

    Returns:
        [N, N] float64, the mean of :func:`z_scores` and :func:`normal_scores`; the z-score alone for a target
        without observed entries, which has nothing to rank among.

    >>> mixed_scores(np.array([[7.], [7.], [7.]]), np.ones((3, 1), bool)).tolist()
    [[0.0], [0.0], [0.0]]
    """
    scores = z_scores(value, observed)
    for target in np.flatnonzero(observed.any(0)):
        ranked = normal_scores(value[:, target], among=value[observed[:, target], target])
        scores[:, target] = (scores[:, target] + ranked) / 2
    return scores


def normal_scores(value: FloatMatrix, *, among: npt.NDArray[np.float64]) -> FloatMatrix:
    """Standard normal quantiles of the ranks of values among given reference values.

    The quantile level is (number of reference values below + half the number of equal ones) / k, clipped to
    [½ / k, 1 − ½ / k]. A reference value thus gets Φ⁻¹((rank − ½) / k) with the average rank of ties (Hazen,
    1914), and a value between two neighbours gets the level halfway between theirs.

    Args:
        value: float64 of any shape.
        among: [k] float64 reference values, k > 0.

    Returns:
        float64 in the shape of ``value``.

    >>> normal_scores(np.array([1., 2., 3., 2.5, 99.]), among=np.array([1., 2., 3.])).round(3).tolist()
    [-0.967, 0.0, 0.967, 0.431, 0.967]
    """
    from scipy.special import ndtri  # takes half a second, and only ranks need it

    given = np.sort(among)
    below = np.searchsorted(given, value, side="left")
    upto = np.searchsorted(given, value, side="right")
    share = (below + upto) / 2 / len(given)
    edge = 0.5 / len(given)
    scores: FloatMatrix = ndtri(np.clip(share, edge, 1 - edge))
    return scores


SCALES: dict[Scale, Callable[[FloatMatrix, BoolMatrix], FloatMatrix]] = {
    "zscore": z_scores,
    "mix": mixed_scores,
}
