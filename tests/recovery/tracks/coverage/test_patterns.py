"""Patterns of measured cells, and the episodes made of them."""

import numpy as np
import pytest

from datamodules.affinity_table import AffinityTable
from recovery.tracks.coverage.episodes import FEWEST_DRAWN, MOST_DRAWN, episodes
from recovery.tracks.coverage.patterns import PATTERNS


def share(mask: np.ndarray, of: np.ndarray) -> float:
    return float((mask & of).sum() / of.sum())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_episode_shows_what_was_measured_and_nothing_else(pattern: str, whole: AffinityTable) -> None:
    found = list(episodes(whole, pattern, repeats=2))
    assert len(found) == 2
    assert (found[0].open.known != found[1].open.known).any()
    for episode in found:
        known = episode.open.known
        assert not (known & ~whole.eligible).any()
        assert (episode.drawn[0].drawn != episode.drawn[1].drawn).any()
        for matrix in episode.drawn:
            drawn, shown = matrix.drawn, known | matrix.drawn
            assert not (known & drawn).any()
            assert (matrix.known == shown).all()
            assert (matrix.fitted == known).all()
            np.testing.assert_array_equal(matrix.table.value[shown], whole.value[shown])
            assert np.isnan(matrix.table.value[matrix.unmeasured]).all()
            assert FEWEST_DRAWN <= drawn.sum() <= MOST_DRAWN
            assert drawn.sum() <= episode.open.unmeasured.sum() / 3


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_repeat_is_always_the_same(pattern: str, whole: AffinityTable) -> None:
    (one,), (other,) = (list(episodes(whole, pattern, repeats=1)) for _ in range(2))
    assert (one.open.known == other.open.known).all()
    assert (one.drawn[-1].drawn == other.drawn[-1].drawn).all()


def measured(pattern: str, table: AffinityTable) -> np.ndarray:
    return PATTERNS[pattern](table.eligible, table.value, np.random.default_rng(0))


def test_at_random(whole: AffinityTable) -> None:
    assert share(measured("1/3 at random", whole), whole.eligible) == pytest.approx(2 / 3, abs=0.07)
    assert share(measured("2/3 at random", whole), whole.eligible) == pytest.approx(1 / 3, abs=0.07)


@pytest.mark.parametrize(("pattern", "axis"), [("sparse rows", 1), ("sparse columns", 0)])
def test_half_of_a_side_is_sparse(pattern: str, axis: int, whole: AffinityTable) -> None:
    has_role = whole.eligible.any(axis)
    shares = np.sort(measured(pattern, whole).sum(axis)[has_role] / whole.eligible.sum(axis)[has_role])
    half = len(shares) // 2
    assert shares[:half].mean() == pytest.approx(0.2, abs=0.08)
    assert shares[half:].mean() == pytest.approx(0.8, abs=0.08)
    assert shares[half - 1] < shares[half]


def test_what_looks_good_is_measured(whole: AffinityTable) -> None:
    mask = measured("good ones", whole)
    counts = whole.eligible.sum(0)
    assert (mask.sum(0) == np.ceil(counts / 2)).all()
    better = [
        whole.value[mask[:, target], target].mean() > whole.value[whole.eligible[:, target], target].mean()
        for target in np.flatnonzero(counts)
    ]
    assert all(better)


def test_new_tasks_have_nothing_and_the_others_everything(whole: AffinityTable) -> None:
    mask = measured("new tasks", whole)
    new = ~(mask.any(0) | mask.any(1))
    assert new.sum() == 5
    assert (mask == whole.eligible & ~(new[:, None] | new)).all()
