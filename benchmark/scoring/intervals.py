"""Uncertainty of scores: bootstrap intervals of a model, and paired tests between two."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

CONFIDENCE = 0.95
RESAMPLES = 1000
RESAMPLING_SEED = 20260101  # fixed, since resampling is part of the result


class Interval(NamedTuple):
    """A mean and its 95 % interval."""

    mean: float
    low: float
    high: float


def mean_over_targets_then_splits(values: FloatArray) -> FloatArray:
    """The protocol's average: mean over scored targets, then over splits.

    Args:
        values: [..., S, T] float64, splits × targets; NaN where a target is not scored.

    Returns:
        [...] float64; splits without a scored target are left out; NaN if there are no values.
    """
    return mean_of_finite(mean_of_finite(values))


def mean_of_finite(values: FloatArray) -> FloatArray:
    """Mean of the finite values over the last axis.

    Args:
        values: [..., K] float64.

    Returns:
        [...] float64; NaN where no value is finite.

    >>> mean_of_finite(np.array([[1.0, np.nan, 3.0], [np.nan] * 3]))
    array([ 2., nan])
    """
    counts = np.isfinite(values).sum(-1)
    sums = np.where(np.isfinite(values), values, 0.0).sum(-1)
    result: FloatArray = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return result


def bootstrap_interval(values: FloatArray) -> Interval:
    """Percentile bootstrap over targets and splits, both resampled with replacement.

    Args:
        values: [S, T] float64; NaN where a target is not scored.

    Returns:
        The mean of :func:`mean_over_targets_then_splits` and its interval; NaN if there are no values.
    """
    mean = float(mean_over_targets_then_splits(values))
    if np.isnan(mean):
        return Interval(mean, mean, mean)
    # Targets that are never scored would only add empty draws to the resamples.
    values = values[:, np.isfinite(values).any(0)]
    rng = np.random.default_rng(RESAMPLING_SEED)
    splits, targets = values.shape
    rows = rng.integers(splits, size=(RESAMPLES, splits, 1))
    columns = rng.integers(targets, size=(RESAMPLES, 1, targets))
    means = mean_over_targets_then_splits(values[rows, columns])
    low, high = np.nanquantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(mean, float(low), float(high))


class PairedTest(NamedTuple):
    """Difference between two models over the same splits, with its 95 % interval and two-sided p-value."""

    difference: float
    low: float
    high: float
    p_value: float


def corrected_resampled_test(a: FloatArray, b: FloatArray, *, test_share: float) -> PairedTest:
    """Corrected resampled t-test (Nadeau & Bengio, Machine Learning 2003, section 3.3).

    Splits of one matrix overlap, so their differences are not independent; the plain variance of the mean
    is enlarged from 1/n to 1/n + n_test/n_train.

    Args:
        a: [S] float64, one score per split.
        b: [S] float64, the other model's scores on the same splits; splits where either is NaN are left out.
        test_share: share of the eligible entries that a split hides, in (0, 1).

    Returns:
        Test of a − b.

    Raises:
        ValueError: if fewer than two splits are left.
    """
    from scipy import special  # takes half a second, and only this needs it

    difference = (a - b)[np.isfinite(a - b)]
    count = len(difference)
    if count < 2:
        raise ValueError(f"a paired test needs at least 2 splits that both models scored, got {count}")
    mean = float(difference.mean())
    error = float(np.sqrt((1 / count + test_share / (1 - test_share)) * difference.var(ddof=1)))
    reach = float(special.stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * error
    if error == 0.0:
        return PairedTest(mean, mean, mean, 1.0 if mean == 0.0 else 0.0)
    p_value = 2 * float(special.stdtr(count - 1, -abs(mean) / error))
    return PairedTest(mean, mean - reach, mean + reach, p_value)
