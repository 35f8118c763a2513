"""Units of targets with few measured sources."""

import numpy as np

from datamodules.standardise import column_moments
from recovery.target_units import target_units


def test_they_are_those_of_the_z_scores_where_two_values_differ() -> None:
    rng = np.random.default_rng(0)
    value, measured = rng.normal(size=(8, 8)), rng.random((8, 8)) < 0.8
    mean, deviation = column_moments(value, measured)
    units = target_units(value, measured)
    np.testing.assert_array_equal(units.level, mean)
    np.testing.assert_array_equal(units.unit, deviation)
    assert (units.unsure == 0.0).all()


def test_a_target_that_says_nothing_has_the_deviation_of_the_others() -> None:
    value = np.array([[1.0, 10.0, 5.0, 7.0], [2.0, 20.0, 5.0, 0.0], [3.0, 30.0, 0.0, 0.0]])
    measured = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]], bool)
    value, measured = (np.pad(each, ((0, 1), (0, 0))) for each in (value, measured))
    units = target_units(value, measured)
    # Sample deviations 1 and 10, equally well known: their geometric mean.
    np.testing.assert_allclose(units.unit[2:], 10**0.5)
    np.testing.assert_allclose(units.deviation[2:], 10**0.5)


def test_few_values_are_drawn_towards_the_others_and_many_are_not() -> None:
    rng = np.random.default_rng(0)
    value = rng.normal(size=(400, 12))
    value[:, 0] *= 5.0
    value[:3, 1] = [-8.0, 0.0, 8.0]
    measured = np.ones((400, 12), bool)
    measured[3:, 1] = False
    deviation = target_units(
        np.pad(value, ((0, 0), (0, 388))), np.pad(measured, ((0, 0), (0, 388)))
    ).deviation
    assert 0.95 < deviation[0] / value[:, 0].std(ddof=1) < 1.05
    assert 1.5 < deviation[1] < 6.5


def test_without_a_measured_source_the_level_is_unsure() -> None:
    value = np.array([[1.0, 5.0, 0.0], [3.0, 7.0, 0.0], [0.0, 0.0, 0.0]])
    measured = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]], bool)
    units = target_units(value, measured)
    assert units.level[2] == 4.0
    assert units.unsure.tolist() == [0.0, 0.0, 2.0]  # levels 2 and 6
