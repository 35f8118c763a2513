"""The sources to train at all, against every choice of sources tried one by one."""

from itertools import combinations

import numpy as np
import pytest

from datamodules.errors import UserError
from recovery.selection.shared_sources import shared_sources
from recovery.selection.source_sets import ScoredSets, single_sources

NAMES = ["a", "b", "c", "d", "e"]


def by_brute_force(sets: ScoredSets, *, budget: float, costs: np.ndarray, targets: int) -> float:
    """The best total of all choices of sources."""
    sources = sets.members.shape[1]
    best = -np.inf
    for size in range(sources + 1):
        for chosen in combinations(range(sources), size):
            trained = np.isin(np.arange(sources), chosen)
            possible = ~(sets.members & ~trained).any(1)
            if costs[trained].sum() > budget or len(np.unique(sets.target[possible])) < targets:
                continue
            best = max(
                best, sum(sets.score[possible & (sets.target == each)].max() for each in range(targets))
            )
    return float(best)


@pytest.mark.parametrize("seed", range(5))
def test_single_sources_are_the_best_of_all_choices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value = rng.normal(size=(7, 5))
    value[np.arange(5), np.arange(5)] = np.nan
    sets, costs = single_sources(value), rng.uniform(0.5, 2, 7)
    for budget in (2.5, 4.0, 99.0):
        found = shared_sources(sets, budget=budget, costs=costs, target_names=NAMES)
        assert costs[found.sources].sum() <= budget
        assert found.total == pytest.approx(by_brute_force(sets, budget=budget, costs=costs, targets=5))


@pytest.mark.parametrize("seed", range(5))
def test_sets_are_the_best_of_all_choices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    single = single_sources(rng.normal(size=(6, 4)))
    several = ScoredSets(rng.random((60, 6)) < 0.4, rng.integers(4, size=60), 1 + rng.normal(size=60))
    some = several.members.any(1)
    sets = ScoredSets(
        *(np.concatenate([one, other[some]]) for one, other in zip(single, several, strict=True))
    )
    for budget in (1, 2, 3, 5):
        found = shared_sources(sets, budget=budget, target_names=NAMES[:4])
        assert len(found.sources) <= budget
        assert sets.members[found.served_by][:, np.setdiff1d(np.arange(6), found.sources)].sum() == 0
        assert sets.target[found.served_by].tolist() == [0, 1, 2, 3]
        best = by_brute_force(sets, budget=budget, costs=np.ones(6), targets=4)
        assert found.total == pytest.approx(best)


def test_a_source_that_serves_nobody_is_not_trained() -> None:
    found = shared_sources(single_sources(np.array([[3.0, 2.0], [1.0, 1.0]])), budget=2, target_names="ab")
    assert (found.sources.tolist(), found.served_by.tolist(), found.total) == ([0], [0, 1], 5.0)


def test_a_budget_that_serves_not_all_is_refused() -> None:
    value = np.array([[np.nan, 1.0], [1.0, np.nan]])
    with pytest.raises(UserError, match="a cost of 1 in all serve all 2 targets: raise the budget"):
        shared_sources(single_sources(value), budget=1, target_names="ab")


def test_a_target_without_a_source_is_named() -> None:
    with pytest.raises(UserError, match="no source serves b"):
        shared_sources(single_sources(np.array([[1.0, np.nan]])), budget=1, target_names="ab")
