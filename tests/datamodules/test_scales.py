"""Scales of a target's affinities: by hand, against scipy, and never by what is hidden."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from datamodules.standardise import SCALES, Scale, mixed_scores, normal_scores, z_scores

Column = NDArray[np.float64]
VALUE = np.array([[1.0, 5.0, 9.0], [3.0, 5.0, 9.0], [8.0, 11.0, 9.0]])
ALL = np.ones((3, 3), bool)
SIXTH = stats.norm.ppf(1 / 6)
each_scale = pytest.mark.parametrize("scale", SCALES)


def column(*values: float) -> Column:
    return np.array([values]).T


def first(number: int, *, of: int) -> NDArray[np.bool_]:
    return np.arange(of)[:, None] < number


def test_hand_computed_z_scores() -> None:
    """(1, 3, 8): mean 4, variance 26 / 3. (5, 5, 11): mean 7, variance 8. (9, 9, 9): constant."""
    one, two = np.sqrt(26 / 3), np.sqrt(8.0)
    expected = [[-3 / one, -2 / two, 0.0], [-1 / one, -2 / two, 0.0], [4 / one, 4 / two, 0.0]]
    np.testing.assert_allclose(z_scores(VALUE, ALL), expected, rtol=1e-14)


def test_hand_computed_mixed_scores() -> None:
    """Ranks (1, 2, 3), (1.5, 1.5, 3) and (2, 2, 2); less a half, they are thirds of the normal curve."""
    one, two, third = np.sqrt(26 / 3), np.sqrt(8.0), stats.norm.ppf(1 / 3)
    expected = [
        [(-3 / one + SIXTH) / 2, (-2 / two + third) / 2, 0.0],
        [(-1 / one + 0.0) / 2, (-2 / two + third) / 2, 0.0],
        [(4 / one - SIXTH) / 2, (4 / two - SIXTH) / 2, 0.0],
    ]
    np.testing.assert_allclose(mixed_scores(VALUE, ALL), expected, rtol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_normal_scores_are_scipys(seed: int) -> None:
    """Rounded values: nearly half of them are tied."""
    values = np.random.default_rng(seed).normal(size=30).round(1)
    assert len(np.unique(values)) < 30
    expected = stats.norm.ppf((stats.rankdata(values) - 0.5) / 30)
    np.testing.assert_allclose(normal_scores(values, among=values), expected, rtol=1e-12)


def test_a_value_between_two_given_ones_has_a_quantile_halfway() -> None:
    """1 and 2 have the quantiles 1/8 and 3/8 of four; whatever is between them has 2/8."""
    scores = normal_scores(np.array([1.0, 1.001, 1.999, 2.0]), among=np.array([4.0, 3.0, 2.0, 1.0]))
    np.testing.assert_allclose(stats.norm.cdf(scores), [1 / 8, 2 / 8, 2 / 8, 3 / 8])


def test_normal_scores_stay_inside_the_outermost_given_ones() -> None:
    given = np.array([1.0, 2.0, 3.0, 4.0])
    lowest, highest = normal_scores(np.array([1.0, 4.0]), among=given)
    assert normal_scores(np.array([-np.inf, 0.9, 4.1, 1e9]), among=given).tolist() == [
        *[lowest, lowest],
        *[highest, highest],
    ]


@each_scale
def test_an_observed_entry_is_what_it_would_be_if_it_were_held_back(scale: Scale) -> None:
    """Both are on one scale, so a model may be trained on the one and selected on the other."""
    values = np.array([3.0, 1.0, 2.0, 2.0, 7.0])
    scores = SCALES[scale](column(*values, *values), first(5, of=10))
    np.testing.assert_array_equal(scores[:5], scores[5:])
    assert len(np.unique(scores)) == 4


@each_scale
@pytest.mark.parametrize("hidden", [np.nan, np.inf, -np.inf, 1e6])
def test_hidden_values_move_nothing_else(scale: Scale, hidden: float) -> None:
    observed = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0]], bool)
    before = SCALES[scale](VALUE, observed)
    after = SCALES[scale](np.where(observed, VALUE, hidden), observed)
    np.testing.assert_array_equal(after[observed], before[observed])
    for entry in np.argwhere(~observed):
        others = np.ones_like(observed)
        others[tuple(entry)] = False
        changed = VALUE.copy()
        changed[tuple(entry)] = hidden
        np.testing.assert_array_equal(SCALES[scale](changed, observed)[others], before[others])


@each_scale
def test_every_observed_value_has_an_effect(scale: Scale) -> None:
    """Positive control of the test above."""
    for entry in np.ndindex(3, 1):  # the second column has the same scores wherever its third value is
        changed = VALUE.copy()
        changed[entry] += 1.5
        assert not np.array_equal(SCALES[scale](changed, ALL), SCALES[scale](VALUE, ALL))


@each_scale
@pytest.mark.parametrize("constant", [0.0, 0.1, 1 / 3, 1e9 + 0.1])
def test_a_constant_target_is_zero(scale: Scale, constant: float) -> None:
    scores = SCALES[scale](np.full((7, 1), constant), np.ones((7, 1), bool))
    np.testing.assert_allclose(scores, 0.0, atol=1e-6)


@each_scale
def test_a_scale_keeps_the_order_of_observed_values(scale: Scale) -> None:
    values = np.random.default_rng(0).normal(size=(20, 1)).round(1)
    scores = SCALES[scale](values, np.ones((20, 1), bool))
    np.testing.assert_array_equal(stats.rankdata(scores.round(12)), stats.rankdata(values))


@pytest.mark.parametrize("count", [2, 3, 8])
def test_no_observed_entry_is_further_out_than_the_bound_and_one_may_be_at_it(count: int) -> None:
    """All equal but one: k − 1 at −1/√(k − 1), one at √(k − 1)."""
    scores = z_scores(column(1.0, *[0.0] * (count - 1)), np.ones((count, 1), bool))
    assert scores[0, 0] == pytest.approx(np.sqrt(count - 1))
    random = np.random.default_rng(count).standard_cauchy(size=(count, 500))
    assert np.abs(z_scores(random, np.ones(random.shape, bool))).max() <= np.sqrt(count - 1) * (1 + 1e-12)


@pytest.mark.parametrize(("outlier", "sign"), [(5.0, 1), (-5.0, -1), (1e300, 1)])
def test_a_held_back_entry_is_clipped_to_what_an_observed_one_can_be(outlier: float, sign: int) -> None:
    """Three nearly equal entries; unclipped, 5 would be about 6 million deviations away."""
    value, observed = column(0.0, 1e-6, 2e-6, outlier), first(3, of=4)
    assert z_scores(value, observed)[3, 0] == sign * np.sqrt(2)
    assert mixed_scores(value, observed)[3, 0] == pytest.approx(sign * (np.sqrt(2) - SIXTH) / 2)


def test_a_held_back_entry_within_the_bound_is_not_clipped() -> None:
    """Mean 4, variance 26 / 3, k = 3: 8.1 is at 1.39 < √2, and 8.2 beyond it."""
    scores = z_scores(column(1.0, 3.0, 8.0, 8.1, 8.2), first(3, of=5))
    assert scores[3, 0] == pytest.approx(4.1 / np.sqrt(26 / 3))
    assert scores[4, 0] == np.sqrt(2)


def test_a_single_observed_entry_leaves_no_scale() -> None:
    for scale in SCALES.values():
        assert scale(column(4.0, 9.0, -9.0), first(1, of=3))[0, 0] == 0.0
    assert z_scores(column(4.0, 9.0, -9.0), first(1, of=3)).tolist() == [[0.0]] * 3


def test_a_target_without_observed_entries_has_the_average_moments_and_bound() -> None:
    """k = 3, mean 2, variance 2/3, and k = 2, mean 8, deviation 4: 5, their average deviation, and √1.5."""
    value = np.array([[1.0, 4.0, 5.5], [2.0, 12.0, 90.0], [3.0, 99.0, -90.0]])
    observed = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0]], bool)
    expected = [0.5 / ((np.sqrt(2 / 3) + 4) / 2), np.sqrt(1.5), -np.sqrt(1.5)]
    for scale in SCALES.values():
        np.testing.assert_allclose(scale(value, observed)[:, 2], expected, rtol=1e-14)


@each_scale
def test_nothing_observed_leaves_values_as_they_are(scale: Scale) -> None:
    np.testing.assert_array_equal(SCALES[scale](VALUE, ~ALL), VALUE)


@each_scale
def test_inputs_are_left_alone(scale: Scale) -> None:
    value, observed = VALUE.copy(), np.tri(3).astype(bool)
    SCALES[scale](value, observed)
    np.testing.assert_array_equal(value, VALUE)
    np.testing.assert_array_equal(observed, np.tri(3))
