"""Putting a target's affinities on a scale of its own, by what is observed and nothing else."""

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

    AHP columns sum to one, so a raw column tells how much its hidden entries hold; z-scores do not.

    Args:
        value: [N, N] float64, source × target; read only where observed.
        observed: [N, N] bool.

    Returns:
        Mean and (population) standard deviation, each [N]; a constant target's deviation is 1. A target
        without any observed entry gets the average of the other targets' moments.

    >>> mean, deviation = column_moments(np.array([[0., 1.], [2., 9.]]), np.array([[1, 1], [1, 0]], bool))
    >>> mean.tolist(), deviation.tolist()
    ([1.0, 1.0], [1.0, 1.0])
    """
    count = observed.sum(0)
    some = np.maximum(count, 1)
    mean = np.where(observed, value, 0.0).sum(0) / some
    deviation = np.sqrt(((np.where(observed, value, mean) - mean) ** 2).sum(0) / some)
    # By its range, not by the deviation: the rounded mean of equal values may miss them by a little.
    low = np.where(observed, value, np.inf).min(0, initial=np.inf)
    high = np.where(observed, value, -np.inf).max(0, initial=-np.inf)
    deviation[low >= high] = 1.0
    if (count > 0).any():
        mean[count == 0] = mean[count > 0].mean()
        deviation[count == 0] = deviation[count > 0].mean()
    return mean, deviation


def z_scores(value: FloatMatrix, observed: BoolMatrix) -> FloatMatrix:
    """Deviations from the mean of each target's observed affinities.

    Args:
        value: [N, N] float64, source × target; an entry that is not observed moves no other.
        observed: [N, N] bool.

    Returns:
        [N, N] float64. Where k entries of a target are observed, the others are clipped to ±√(k − 1); a
        target without any has the average moments and the average k of the others.

    >>> value = np.array([[1., 5.], [3., 5.], [90., 4.]])
    >>> z_scores(value, np.array([[1, 1], [1, 1], [0, 0]], bool)).tolist()
    [[-1.0, 0.0], [1.0, 0.0], [1.0, -1.0]]
    """
    mean, deviation = column_moments(value, observed)
    scores: FloatMatrix = (value - mean) / deviation
    # No observed entry can be further out than that (Samuelson, 1968). A held-back one can: by thousands of
    # deviations where the observed entries are nearly equal, and then it alone decides when training stops.
    count = observed.sum(0).astype(np.float64)
    count[count == 0] = count[count > 0].mean() if observed.any() else np.inf
    bound = np.sqrt(count - 1)
    return np.where(observed, scores, np.clip(scores, -bound, bound))


def mixed_scores(value: FloatMatrix, observed: BoolMatrix) -> FloatMatrix:
    """Halfway between the z-score and the normal score of the rank among each target's observed affinities.

    Args:
        value: [N, N] float64, source × target; an entry that is not observed moves no other.
        observed: [N, N] bool.

    Returns:
        [N, N] float64, the mean of :func:`z_scores` and :func:`normal_scores`. The z-score stands alone in a
        target without any observed entry: there is nothing to be ranked among.

    >>> mixed_scores(np.array([[7.], [7.], [7.]]), np.ones((3, 1), bool)).tolist()
    [[0.0], [0.0], [0.0]]
    """
    scores = z_scores(value, observed)
    for target in np.flatnonzero(observed.any(0)):
        ranked = normal_scores(value[:, target], among=value[observed[:, target], target])
        scores[:, target] = (scores[:, target] + ranked) / 2
    return scores


def normal_scores(value: FloatMatrix, *, among: npt.NDArray[np.float64]) -> FloatMatrix:
    """Standard normal quantiles of where values fall among given ones.

    The quantile is that of (number of the given below + half the number of equal ones) / k, kept inside
    [½ / k, 1 − ½ / k]. So one of the given has Φ⁻¹((rank − ½) / k) with the average rank of its ties (Hazen,
    1914), and a value between two of them has a quantile halfway between theirs.

    Args:
        value: float64 of any shape.
        among: [k] float64, k > 0.

    Returns:
        float64 of the shape of ``value``.

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
