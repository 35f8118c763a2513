"""The splits of the sets track."""

from dataclasses import replace

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.sets import protocol
from datamodules.sets.protocol import SETTINGS, largest_known, make_set_splits, settings_of
from datamodules.sets.task_sets import TaskSets, make_sets


def test_each_third_is_hidden_in_turn_in_equal_shares_per_target(small_sets: TaskSets) -> None:
    splits = make_set_splits(small_sets, setting="random")
    assert [split.number for split in splits] == list(range(6))
    for repeat in (splits[:3], splits[3:]):
        assert (sum(split.query.astype(int) for split in repeat) == 1).all()
    for split in splits:
        assert (split.observed == ~split.query).all()
        assert all(6 <= (split.query & (small_sets.target == each)).sum() <= 7 for each in range(3))


def test_runs_are_hidden_with_all_that_they_measured(small_sets: TaskSets) -> None:
    assert settings_of(small_sets) == list(SETTINGS)
    for split in make_set_splits(small_sets, setting="new-runs"):
        assert not np.intersect1d(small_sets.run[split.query], small_sets.run[split.observed]).size


def test_larger_sets_are_asked_for(small_sets: TaskSets) -> None:
    assert largest_known(small_sets) == 3
    for split in make_set_splits(small_sets, setting="larger"):
        assert small_sets.size[split.query].min() == 4
        assert small_sets.size[split.observed].max() == 3
        assert split.query.sum() == (small_sets.size == 4).sum()


def test_pairs_only_asks_for_the_sets_of_random(small_sets: TaskSets) -> None:
    random, bare = (make_set_splits(small_sets, setting=name) for name in ("random", "pairs-only"))
    for one, other in zip(random, bare, strict=True):
        assert (one.query == other.query).all()
        assert not other.observed.any()


def test_two_thirds_of_the_pairs_are_those_of_the_recovery_track(small_sets: TaskSets) -> None:
    eligible = small_sets.table.eligible
    for split in make_set_splits(small_sets, setting="random", pairs="2/3"):
        assert 15 <= split.pairs.sum() <= 25
        assert not (split.pairs & ~eligible).any()
    assert all((each.pairs == eligible).all() for each in make_set_splits(small_sets, setting="random"))


def test_large_tables_have_three_splits(small_sets: TaskSets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "REPEATS", ((59, 2), (10**9, 1)))
    assert len(make_set_splits(small_sets, setting="larger")) == 3


def test_sets_of_separate_runs_hide_no_runs(small_sets: TaskSets) -> None:
    alone = replace(small_sets, run=np.arange(60))
    assert settings_of(alone) == ["random", "larger", "pairs-only"]


def test_values_do_not_change_splits_and_development_ones_differ(small_sets: TaskSets) -> None:
    changed = replace(small_sets, value=small_sets.value[::-1].copy())
    one, other, third = (
        [split.hash for split in make_set_splits(sets, setting="random", development=development)]
        for sets, development in ((small_sets, False), (changed, False), (small_sets, True))
    )
    assert one == other
    assert not set(one) & set(third)


def test_sets_of_one_size_have_none_larger(small_sets: TaskSets) -> None:
    names = small_sets.table.task_names
    same = make_sets(
        small_sets.table,
        sources=[names[1:3], names[2:4]],
        target=names[:1] * 2,
        value=np.ones(2),
        together=False,
    )
    with pytest.raises(UserError, match="no sets are larger than most"):
        make_set_splits(same, setting="larger")
