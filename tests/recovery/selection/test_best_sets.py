"""The best set of each target, against every set tried one by one."""

from itertools import combinations

import numpy as np
import pytest

from datamodules.errors import UserError
from recovery.selection import best_sets
from recovery.selection.best_sets import SetScorer, best_given_sets, search_best_sets
from recovery.selection.source_sets import ScoredSets


def test_best_of_given_sets_by_hand() -> None:
    members = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 1, 0], [0, 0, 1]], dtype=bool)
    sets = ScoredSets(members, np.array([0, 0, 0, 1, 1]), np.array([2.0, 2.0, 9.0, 1.0, 1.0]))
    # Equal scores: the smaller set, then the first; the set of three is too large.
    assert best_given_sets(sets, targets=3, at_most=2).tolist() == [1, 3, -1]
    assert best_given_sets(sets, targets=3, at_most=3).tolist() == [2, 3, -1]


def with_interactions(seed: int, sources: int = 7) -> SetScorer:
    """Worth of members and of pairs of members, and a price per member."""
    rng = np.random.default_rng(seed)
    single, pair = rng.normal(size=(sources, 3)), rng.normal(size=(sources, sources))

    def score(members: np.ndarray, target: np.ndarray) -> np.ndarray:
        x = members.astype(float)
        scores: np.ndarray = (x * single[:, target].T).sum(1) + ((x @ pair) * x).sum(1) - x.sum(1)
        return scores

    return score


@pytest.mark.parametrize("seed", range(3))
def test_a_search_of_all_sets_finds_the_best(seed: int) -> None:
    score = with_interactions(seed)
    eligible = np.random.default_rng(seed).random((7, 3)) < 0.8
    found = search_best_sets(score, eligible, at_most=3)
    assert found.exact.all()
    for target in range(3):
        best = max(
            score(np.isin(np.arange(7), chosen)[None], np.array([target]))[0]
            for size in (1, 2, 3)
            for chosen in combinations(np.flatnonzero(eligible[:, target]), size)
        )
        assert found.score[target] == pytest.approx(best)
        assert score(found.members[target][None], np.array([target]))[0] == pytest.approx(best)
        assert not (found.members[target] & ~eligible[:, target]).any()


def test_a_beam_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = search_best_sets(with_interactions(0), np.ones((7, 3), bool), at_most=4)
    monkeypatch.setattr(best_sets, "EXHAUSTIVE", 10)
    beam = search_best_sets(with_interactions(0), np.ones((7, 3), bool), at_most=4)
    assert not beam.exact.any()
    # 50 sets of each size are all there are below 4 sources.
    np.testing.assert_array_equal(beam.members, everything.members)


def test_a_target_without_sources_has_an_empty_set() -> None:
    found = search_best_sets(with_interactions(0), np.zeros((7, 1), bool), at_most=2)
    assert not found.members.any()
    assert (found.score.tolist(), found.exact.tolist()) == ([-np.inf], [True])


@pytest.mark.parametrize("at_most", [0, -1])
def test_no_sources_at_all_are_refused(at_most: int) -> None:
    with pytest.raises(UserError, match=f"at most {at_most} sources: give 1 or more"):
        search_best_sets(with_interactions(0), np.ones((7, 3), bool), at_most=at_most)
