"""Mean ranks by hand, and the critical difference against Demšar's tables."""

import numpy as np
import pytest

from leaderboard.statistics.mean_rank import bootstrap_over_datasets, cliques, critical_difference, mean_ranks


def test_ties_share_a_rank_and_a_win() -> None:
    first, second, third = mean_ranks(np.array([[0.9, 0.9, 0.1], [0.5, 0.7, 0.6]]))
    assert [first.mean, second.mean, third.mean] == [2.25, 1.25, 2.5]
    assert [first.wins, second.wins, third.wins] == [1, 2, 0]
    assert (second.low, second.high) == (1.0, 1.5)


def test_one_dataset_has_no_width() -> None:
    (only, _) = mean_ranks(np.array([[0.9, 0.1]]))
    assert (only.low, only.mean, only.high) == (1.0, 1.0, 1.0)


def test_the_interval_is_that_of_a_normal_mean_for_many_datasets() -> None:
    values = np.random.default_rng(0).normal(size=400)
    low, high = bootstrap_over_datasets(values)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.05)


@pytest.mark.parametrize(("models", "quantile"), [(2, 1.960), (5, 2.728), (10, 3.164)])
def test_critical_difference_has_the_quantiles_of_demsar(models: int, quantile: float) -> None:
    """Table 5a of Demšar (2006)."""
    expected = quantile * (models * (models + 1) / (6 * 13)) ** 0.5
    assert critical_difference(models=models, datasets=13) == pytest.approx(expected, rel=1e-3)


def test_cliques_are_the_largest_groups_alone() -> None:
    assert cliques([1.0, 1.4, 1.9, 3.0, 3.1], 1.0) == [(0, 2), (3, 4)]
    assert cliques([1.0, 3.0], 1.0) == []
