"""Factors of the targets, by hand."""

import numpy as np

from recovery.intervals.target_factors import PSEUDO_RESIDUALS, target_factors


def test_a_target_is_drawn_towards_the_usual_one() -> None:
    size = np.array([[1.0, 3.0, 9.0], [1.0, 3.0, 9.0]])
    known = np.array([[1, 1, 0], [1, 1, 0]], bool)
    found = target_factors(size, known)
    # usual = 8 / 4 = 2; (2 + 5 · 2) / (2 + 5) / 2 and (6 + 10) / 7 / 2
    assert PSEUDO_RESIDUALS == 5.0
    np.testing.assert_allclose(found.of_target, [12 / 14, 16 / 14, 1.0])


def test_a_cell_does_not_see_its_own_residual() -> None:
    rng = np.random.default_rng(0)
    size, known = rng.random((6, 3)), np.ones((6, 3), bool)
    found = target_factors(size, known)
    usual = size.mean()
    by_hand = (size[1:, 2].sum() + 5 * usual) / (5 + 5) / usual
    np.testing.assert_allclose(found.of_cell[0, 2], by_hand)


def test_without_errors_all_targets_are_usual() -> None:
    found = target_factors(np.zeros((3, 2)), np.ones((3, 2), bool))
    assert (found.of_target == 1.0).all()
    assert (found.of_cell == 1.0).all()
