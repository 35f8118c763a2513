"""CV+ intervals: by hand, and on regression data."""

import numpy as np
import pytest

from recovery.intervals import cv_plus as module
from recovery.intervals.cv_plus import cv_plus


def one_cell(fold_means: list[float], residuals: list[float], *, level: float) -> tuple[float, float]:
    """The interval of the first cell; each fold has one of the other cells."""
    folds = len(fold_means)
    fold_of = np.arange(-1, folds)[None]
    mean = np.repeat(np.array(fold_means)[:, None, None], folds + 1, axis=2)
    size = np.array([[0.0, *residuals]])
    wanted = fold_of < 0
    found = cv_plus(mean, np.ones_like(mean), size, fold_of, wanted, level=level)
    return float(found.low[0, 0]), float(found.high[0, 0])


def test_by_hand() -> None:
    # Ends: 1 ± .1, 2 ± .2, 3 ± .5, 4 ± .1; at .6, the ⌊5 · .4⌋ = 2nd from below and ⌈5 · .6⌉ = 3rd.
    low, high = one_cell([1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.5, 0.1], level=0.6)
    assert (round(low, 9), round(high, 9)) == (1.8, 3.5)


def test_too_few_cells_leave_it_unbounded() -> None:
    assert one_cell([1.0] * 8, [1.0] * 8, level=0.9) == (-np.inf, np.inf)
    assert one_cell([1.0] * 9, [1.0] * 9, level=0.9) == (0.0, 2.0)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    fold_of = rng.integers(-1, 3, size=(6, 6))
    mean, scale, size = rng.normal(size=(3, 6, 6)), rng.random((3, 6, 6)), rng.random((6, 6))
    whole = cv_plus(mean, scale, size, fold_of, fold_of < 0, level=0.8)
    monkeypatch.setattr(module, "_CHUNK", 1)
    in_parts = cv_plus(mean, scale, size, fold_of, fold_of < 0, level=0.8)
    np.testing.assert_array_equal(whole.low, in_parts.low)
    np.testing.assert_array_equal(whole.high, in_parts.high)
    assert np.isnan(whole.low[fold_of >= 0]).all()


def test_missing_at_random_is_covered_at_about_the_level() -> None:
    """Cells of a constant plus noise, predicted by the mean of the cells outside a fold."""
    covered = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        value = rng.standard_t(3, size=(8, 8))
        measured = rng.random((8, 8)) < 0.5
        fold_of = np.where(measured, rng.integers(5, size=(8, 8)), -1)
        means = np.array([value[measured & (fold_of != fold)].mean() for fold in range(5)])
        mean = np.broadcast_to(means[:, None, None], (5, 8, 8))
        size = np.where(measured, np.abs(value - means[fold_of]), 0.0)
        found = cv_plus(mean, np.ones_like(mean), size, fold_of, ~measured, level=0.9)
        covered.append(((found.low <= value) & (value <= found.high))[~measured].mean())
    assert 0.87 < np.mean(covered) < 0.94
