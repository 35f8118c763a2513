"""Split conformal intervals: by hand, against crepes, and what they promise by simulation."""

import numpy as np
import pytest

from recovery.intervals.split_conformal import OWN_CELLS, split_conformal


def test_the_quantile_of_the_drawn_residuals_reaches_to_either_side() -> None:
    mean, scale = np.zeros((4, 4)), np.full((4, 4), 2.0)
    value, drawn = np.full((4, 4), np.nan), np.zeros((4, 4), bool)
    value[0], drawn[0] = [2.0, -4.0, 6.0, 8.0], True  # 1, 2, 3 and 4 scales off
    found = split_conformal(mean, scale, value, drawn, level=0.6)  # ⌈5 · .6⌉ = 3
    assert (found.low == -6.0).all()
    assert (found.high == 6.0).all()


def test_too_few_drawn_cells_leave_it_unbounded() -> None:
    mean, drawn = np.zeros((3, 3)), np.zeros((3, 3), bool)
    drawn[:2] = True  # 6, and 9 are needed
    found = split_conformal(mean, mean + 1, mean, drawn, level=0.9)
    assert not found.bounded.any()
    assert (found.low == -np.inf).all()


def test_a_target_with_enough_drawn_cells_has_intervals_of_its_own() -> None:
    needed = OWN_CELLS * 4  # at .8
    value = np.zeros((needed, 2))
    value[:, 0] = np.arange(1.0, needed + 1)
    value = np.pad(value, ((0, 0), (0, needed - 2)))
    drawn = np.zeros_like(value, dtype=bool)
    drawn[:, 0], drawn[:2, 1] = True, True
    found = split_conformal(np.zeros_like(value), np.ones_like(value), value, drawn, level=0.8)
    assert found.high[0, 0] == 8.0  # ⌈9 · .8⌉ = 8 of its own eight
    assert found.high[0, 1] == 7.0  # ⌈11 · .8⌉ = 9 of all ten, among them two of 0


def test_it_agrees_with_crepes() -> None:
    crepes = pytest.importorskip("crepes")
    rng = np.random.default_rng(0)
    mean, scale = rng.normal(size=(12, 12)), rng.random((12, 12)) + 0.5
    value, drawn = rng.normal(size=(12, 12)), rng.random((12, 12)) < 0.2
    ours = split_conformal(mean, scale, value, drawn, level=0.9)
    regressor = crepes.ConformalRegressor()
    regressor.fit((value - mean)[drawn], sigmas=scale[drawn])
    theirs = regressor.predict_int(mean[~drawn], sigmas=scale[~drawn], confidence=0.9)
    np.testing.assert_allclose(np.stack([ours.low[~drawn], ours.high[~drawn]], 1), theirs)


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_a_random_remaining_cell_is_covered_whatever_the_model(level: float) -> None:
    """A model that is wrong, worse for some targets, on a matrix with heavy tails."""
    rng = np.random.default_rng(0)
    value = rng.standard_t(2, size=(15, 15)) * np.linspace(1, 20, 15)
    mean, scale = np.full((15, 15), 3.0), rng.random((15, 15)) + 0.1
    unmeasured = rng.random((15, 15)) < 0.5
    places = np.argwhere(unmeasured)
    covered = []
    for _ in range(400):
        drawn = np.zeros_like(unmeasured)
        drawn[tuple(rng.permutation(places)[:19].T)] = True
        found = split_conformal(mean, scale, value, drawn, level=level)
        rest = unmeasured & ~drawn
        covered.append(((found.low <= value) & (value <= found.high))[rest].mean())
    assert level - 0.01 < np.mean(covered) < level + 1 / 20 + 0.01
