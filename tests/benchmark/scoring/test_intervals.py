"""Intervals against scipy, against hand-made cases, and where they must not lie."""

import numpy as np
import pytest
from scipy import stats

from benchmark.scoring.intervals import (
    bootstrap_interval,
    corrected_resampled_test,
    mean_of_finite,
    mean_over_targets_then_splits,
)


def test_mean_is_over_targets_first() -> None:
    values = np.array([[1.0, 3.0], [5.0, np.nan]])
    assert mean_over_targets_then_splits(values) == pytest.approx((2.0 + 5.0) / 2)


def test_mean_of_finite_agrees_with_nanmean(rng: np.random.Generator) -> None:
    values = np.where(rng.random((6, 7)) < 0.4, np.nan, rng.normal(size=(6, 7)))
    values[:, 0] = 1.0
    np.testing.assert_allclose(mean_of_finite(values), np.nanmean(values, axis=-1))


def test_interval_of_a_constant_is_a_point() -> None:
    assert bootstrap_interval(np.full((5, 4), 0.25)) == (0.25, 0.25, 0.25)


def test_interval_of_nothing_is_nan() -> None:
    assert np.isnan(bootstrap_interval(np.full((3, 2), np.nan))).all()


def test_interval_does_not_change_between_calls(rng: np.random.Generator) -> None:
    values = rng.normal(size=(21, 22))
    assert bootstrap_interval(values) == bootstrap_interval(values.copy())


def test_interval_ignores_targets_that_never_count(rng: np.random.Generator) -> None:
    values = rng.normal(size=(21, 5))
    wider = np.concatenate([values, np.full((21, 3), np.nan)], axis=1)
    assert bootstrap_interval(values) == bootstrap_interval(wider)


def test_interval_over_splits_alone_agrees_with_scipy(rng: np.random.Generator) -> None:
    values = rng.normal(size=(40, 1))
    ours = bootstrap_interval(values)
    theirs = stats.bootstrap((values[:, 0],), np.mean, method="percentile", rng=rng).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.05)
    assert ours.high == pytest.approx(theirs.high, abs=0.05)


def test_interval_covers_the_spread_of_targets_and_of_splits(rng: np.random.Generator) -> None:
    of_targets = np.tile(rng.normal(size=(1, 20)), (20, 1))
    of_splits = of_targets.T
    for values in (of_targets, of_splits):
        interval = bootstrap_interval(values)
        assert interval.high - interval.low > 0.3


def test_corrected_test_without_correction_is_the_paired_t_test(rng: np.random.Generator) -> None:
    a, b = rng.normal(size=15), rng.normal(size=15)
    ours = corrected_resampled_test(a, b, test_share=1e-12)
    theirs = stats.ttest_rel(a, b)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-6)
    assert ours.low == pytest.approx(theirs.confidence_interval().low, rel=1e-6)
    assert ours.high == pytest.approx(theirs.confidence_interval().high, rel=1e-6)


def test_corrected_test_by_hand() -> None:
    # differences 1, 2, 3: mean 2, variance 1; 1/3 hidden: error = sqrt(1/3 + 1/2)
    test = corrected_resampled_test(np.array([1.0, 2.0, 3.0]), np.zeros(3), test_share=1 / 3)
    error = np.sqrt(1 / 3 + 1 / 2)
    assert test.difference == 2.0
    assert test.high - test.difference == pytest.approx(4.302653 * error, rel=1e-6)


def test_correction_widens_with_the_share_that_is_hidden(rng: np.random.Generator) -> None:
    a, b = rng.normal(size=21), rng.normal(size=21)
    low_third, low_half = (corrected_resampled_test(a, b, test_share=share).low for share in (1 / 3, 1 / 2))
    assert low_half < low_third


def test_splits_that_one_model_lacks_are_left_out() -> None:
    a = np.array([1.0, 2.0, np.nan, 3.0])
    b = np.array([0.0, 0.0, 5.0, 0.0])
    assert corrected_resampled_test(a, b, test_share=0.5).difference == 2.0


def test_equal_models_do_not_differ() -> None:
    test = corrected_resampled_test(np.ones(4), np.ones(4), test_share=0.5)
    assert test == (0.0, 0.0, 0.0, 1.0)


def test_one_split_is_too_few() -> None:
    with pytest.raises(ValueError, match="at least 2 splits"):
        corrected_resampled_test(np.ones(1), np.zeros(1), test_share=0.5)
