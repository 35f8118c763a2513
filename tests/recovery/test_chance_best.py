"""Chances to be the best: what must hold, and a case by hand."""

from dataclasses import replace

import numpy as np

from datamodules.affinity_table import AffinityTable
from lit_models.registry import load_model
from recovery.chance_best import calibrate_chances, calibration_error, chance_bins, chances_best, sharpened
from recovery.cross_validation import CrossValidated, cross_validate, make_folds


def cross_validated(table: AffinityTable) -> CrossValidated:
    measured = table.eligible & (np.random.default_rng(0).random(table.value.shape) < 0.5)
    return cross_validate(load_model("kernel-ridge"), table, measured, make_folds(measured))


def test_they_sum_to_one_over_the_sources_of_a_target(whole: AffinityTable) -> None:
    cv = cross_validated(whole)
    chances = chances_best(
        cv,
        whole.value,
        whole.eligible,
        power=0.7,
        known=cv.measured,
        noise=np.zeros(whole.value.shape),
    )
    np.testing.assert_allclose(chances.sum(0)[whole.eligible.any(0)], 1.0)
    assert (chances[~whole.eligible] == 0.0).all()
    assert (chances[whole.eligible] > 0.0).all()


def test_only_the_best_of_the_measured_can_be_the_best(whole: AffinityTable) -> None:
    cv = cross_validated(whole)
    chances = chances_best(
        cv, whole.value, whole.eligible, power=1.0, known=cv.measured, noise=np.zeros(whole.value.shape)
    )
    for target in np.flatnonzero(cv.measured.any(0)):
        own = np.flatnonzero(cv.measured[:, target])
        best = own[whole.value[own, target].argmax()]
        assert (chances[np.setdiff1d(own, best), target] < 0.001).all()


def test_a_fair_race(whole: AffinityTable) -> None:
    """Three sources with the same prediction and symmetric errors, none of them measured."""
    cv = cross_validated(whole)
    cv = replace(cv, mean=np.zeros_like(cv.mean), scale=np.ones_like(cv.scale))
    open_ones = np.zeros_like(cv.measured)
    open_ones[[3, 4, 5], 0] = True
    chances = chances_best(
        cv, whole.value, open_ones, power=1.0, known=~open_ones, noise=np.zeros(cv.mean.shape)
    )
    np.testing.assert_allclose(chances[[3, 4, 5], 0], 1 / 3, atol=0.05)


def test_the_check_hides_what_it_asks_for(whole: AffinityTable) -> None:
    found = calibrate_chances(cross_validated(whole), whole.value)
    assert 0.2 <= found.power <= 2.0
    assert calibration_error(found.checked) < 0.1
    assert sum(each.cells for each in found.checked) > 200


def test_a_power_sharpens_and_keeps_the_sum() -> None:
    chances = np.array([[0.8], [0.2]])
    np.testing.assert_allclose(sharpened(chances, np.ones((2, 1), bool), 2.0).ravel(), [64 / 68, 4 / 68])
    np.testing.assert_allclose(sharpened(chances, np.ones((2, 1), bool), 0.0).ravel(), [0.5, 0.5])


def test_bins_hold_every_cell_once() -> None:
    said = np.array([0.0, 0.02, 0.999, 1.0, 0.5])
    bins = chance_bins(said, np.array([0.0, 0.0, 1.0, 1.0, 0.0]))
    assert sum(each.cells for each in bins) == 5
    assert bins[-1].cells == 2
    np.testing.assert_allclose(calibration_error(bins), (0.02 + 0.001 + 0.5) / 5)
