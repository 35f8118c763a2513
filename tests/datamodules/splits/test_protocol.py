"""The protocol's splits hold what they promise on every pattern of eligible entries there is."""

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from datamodules.registry import DATASETS
from datamodules.splits.protocol import MASKS, Mask, Setting, Split, make_splits, task_sides

BoolMatrix = NDArray[np.bool_]
SPLITS = {"1/3": 21, "1/2": 20, "2/3": 21}
TIMES_HIDDEN = {"1/3": 7, "1/2": 10, "2/3": 14}


def bipartite() -> BoolMatrix:
    """15 sources and 12 targets whose roles alternate, two transfers unmeasured."""
    source = np.arange(27) % 9 < 5
    eligible = source[:, None] & ~source[None, :]
    eligible[0, 5] = eligible[10, 26] = False
    return eligible


def real(dataset: str, regime: str, label: str) -> Callable[[], BoolMatrix]:
    return lambda: DATASETS[dataset].read(regime=regime, label=label).eligible


REAL: dict[str, Callable[[], BoolMatrix]] = {
    f"{name}-{regime}-{label}": real(name, regime, label)
    for name, source in DATASETS.items()
    for regime in source.regimes
    for label in source.labels
}
MADE_UP: dict[str, Callable[[], BoolMatrix]] = {
    "bipartite": bipartite,
    "bipartite-turned": lambda: bipartite().T,
    "square": lambda: ~np.eye(13, dtype=bool),
}


@cache
def eligible_of(name: str) -> BoolMatrix:
    return (REAL | MADE_UP)[name]()


def first_of_each_pattern() -> list[Any]:
    """Names of real tables, one for each set of eligible entries, which is all that splits are made of.

    Those with hundreds of tasks take as long as all others together, and are slow.
    """
    names = list({eligible_of(name).tobytes(): name for name in reversed(REAL)}.values())[::-1]
    large = {name for name in names if len(eligible_of(name)) > 200}
    return [pytest.param(name, marks=pytest.mark.slow if name in large else ()) for name in names]


each_real_table = pytest.mark.parametrize("name", first_of_each_pattern())
each_table = pytest.mark.parametrize("name", [*first_of_each_pattern(), *MADE_UP])
each_mask = pytest.mark.parametrize("mask", MASKS)


class SplitsOf(Protocol):
    """Splits of a table by its name."""

    def __call__(self, name: str, setting: Setting, mask: Mask = "1/3") -> tuple[Split, ...]: ...


@cache
def made(name: str, setting: Setting, mask: Mask, *, development: bool) -> tuple[Split, ...]:
    return tuple(make_splits(eligible_of(name), setting=setting, mask=mask, development=development))


@pytest.fixture(params=[False, True], ids=["protocol", "development"])
def splits_of(request: pytest.FixtureRequest) -> SplitsOf:
    """The protocol's splits, and those that hyper-parameters are chosen on: both hold the same promises."""

    def splits_of(name: str, setting: Setting, mask: Mask = "1/3") -> tuple[Split, ...]:
        return made(name, setting, mask, development=request.param)

    return splits_of


def touching(tasks: NDArray[np.bool_]) -> BoolMatrix:
    return tasks[:, None] | tasks[None, :]


def least(mask: BoolMatrix, eligible: BoolMatrix, axis: int) -> int:
    """Fewest entries of a mask in any target's column (axis 0) or source's row (axis 1)."""
    return int(mask.sum(axis)[eligible.any(axis)].min())


@each_table
@each_mask
def test_entries_are_observed_validation_or_query_each_once(
    name: str, mask: Mask, splits_of: SplitsOf
) -> None:
    for split in splits_of(name, "transductive", mask):
        parts = [split.observed, split.validation, split.query]
        assert all(part.dtype == np.bool_ for part in parts)
        np.testing.assert_array_equal(sum(part.astype(int) for part in parts), eligible_of(name))
        assert not split.new.any()


@each_table
@each_mask
def test_validation_is_a_tenth_of_the_revealed_or_as_much_as_leaves_two(
    name: str, mask: Mask, splits_of: SplitsOf
) -> None:
    eligible = eligible_of(name)
    for split in splits_of(name, "transductive", mask):
        observed, validation = split.observed, split.validation
        tenth = round(0.1 * (observed | validation).sum())
        assert 0 < validation.sum() <= tenth
        assert least(observed, eligible, 0) >= 2
        assert least(observed, eligible, 1) >= 2
        could_give = observed & (observed.sum(0) > 2) & (observed.sum(1) > 2)[:, None]
        assert validation.sum() == tenth or not could_give.any()


@each_real_table
@each_mask
def test_no_row_and_no_column_is_starved(name: str, mask: Mask, splits_of: SplitsOf) -> None:
    """Each has three entries, or its share of them where it has fewer than nine (a target of QM9)."""
    eligible = eligible_of(name)
    of_target, of_source = (np.minimum(eligible.sum(axis) // 3, 3) for axis in (0, 1))
    for split in splits_of(name, "transductive", mask):
        assert (split.query.sum(0) >= of_target).all()
        assert ((eligible & ~split.query).sum(0) >= of_target).all()
        assert ((eligible & ~split.query).sum(1) >= of_source).all()


@pytest.mark.parametrize(
    ("regime", "mask", "queries", "in_row", "in_column"),
    [
        ("16k", "1/3", 8, 14, 16),
        ("16k", "1/2", 12, 10, 12),
        ("16k", "2/3", 16, 7, 8),
        ("1k", "1/3", 8, 14, 16),
        ("1k", "1/2", 12, 10, 12),
        ("1k", "2/3", 16, 7, 8),
        ("test-subset", "1/3", 7, 13, 15),
        ("test-subset", "1/2", 11, 10, 11),
        ("test-subset", "2/3", 15, 6, 7),
    ],
)
def test_taskonomys_fewest_queries_of_a_target_and_fewest_revealed(
    regime: str, mask: Mask, queries: int, in_row: int, in_column: int, splits_of: SplitsOf
) -> None:
    eligible = eligible_of(f"taskonomy-{regime}-ahp")
    splits = splits_of(f"taskonomy-{regime}-ahp", "transductive", mask)
    assert min(least(split.query, eligible, 0) for split in splits) == queries
    assert min(least(eligible & ~split.query, eligible, 1) for split in splits) == in_row
    assert min(least(eligible & ~split.query, eligible, 0) for split in splits) == in_column


@each_table
@each_mask
def test_every_entry_is_hidden_equally_often_and_in_every_repeat(
    name: str, mask: Mask, splits_of: SplitsOf
) -> None:
    """So predictions can be pooled over the folds of a repeat: at 1/3 and 1/2 each entry has just one."""
    eligible, splits = eligible_of(name), splits_of(name, "transductive", mask)
    assert [split.number for split in splits] == list(range(SPLITS[mask]))
    hidden = sum(split.query.astype(int) for split in splits)
    np.testing.assert_array_equal(hidden, TIMES_HIDDEN[mask] * eligible)
    for repeat in {split.repeat for split in splits}:
        in_repeat = sum(split.query.astype(int) for split in splits if split.repeat == repeat)
        np.testing.assert_array_equal(in_repeat, (2 if mask == "2/3" else 1) * eligible)


@each_table
@each_mask
def test_no_two_splits_hide_the_same_entries(name: str, mask: Mask, splits_of: SplitsOf) -> None:
    assert len({split.query.tobytes() for split in splits_of(name, "transductive", mask)}) == SPLITS[mask]


@each_table
def test_a_third_and_two_thirds_hide_complementary_folds(name: str, splits_of: SplitsOf) -> None:
    pairs = zip(splits_of(name, "transductive", "1/3"), splits_of(name, "transductive", "2/3"), strict=True)
    for third, two_thirds in pairs:
        np.testing.assert_array_equal(third.query ^ two_thirds.query, eligible_of(name))


@each_table
def test_inductive_queries_are_what_touches_a_new_task(name: str, splits_of: SplitsOf) -> None:
    eligible, splits = eligible_of(name), splits_of(name, "inductive")
    assert [split.number for split in splits] == [split.repeat for split in splits] == list(range(21))
    for split in splits:
        np.testing.assert_array_equal(split.query, eligible & touching(split.new))
        revealed = split.observed.astype(int) + split.validation
        np.testing.assert_array_equal(revealed, eligible & ~split.query)


@each_table
def test_inductive_validation_treats_two_known_tasks_as_new(name: str, splits_of: SplitsOf) -> None:
    """Both in both roles, or one of each side where no task plays both."""
    square = len(task_sides(eligible_of(name))) == 1
    for split in splits_of(name, "inductive"):
        unseen = ~split.new & ~split.observed.any(0) & ~split.observed.any(1)
        assert unseen.sum() == 2
        expected = eligible_of(name) & touching(unseen) & ~touching(split.new)
        np.testing.assert_array_equal(split.validation, expected)
        as_source, as_target = split.validation.any(1)[unseen], split.validation.any(0)[unseen]
        assert (as_source & as_target).all() if square else (as_source ^ as_target).all()


@each_table
def test_a_fifth_of_each_side_is_held_out_and_every_task_about_equally_often(
    name: str, splits_of: SplitsOf
) -> None:
    eligible, splits = eligible_of(name), splits_of(name, "inductive")
    source, target = eligible.any(1), eligible.any(0)
    sides = [source | target] if (source & target).any() else [source, target]
    for side in sides:
        assert {int(split.new[side].sum()) for split in splits} == {round(0.2 * side.sum())}
        assert np.ptp(sum(split.new[side].astype(int) for split in splits)) <= 1


def test_a_bipartite_table_holds_out_sources_and_targets_and_validates_on_one_of_each(
    splits_of: SplitsOf,
) -> None:
    source = bipartite().any(1)
    assert [side.tolist() for side in task_sides(bipartite())] == [
        np.flatnonzero(source).tolist(),
        np.flatnonzero(~source).tolist(),
    ]
    for split in splits_of("bipartite", "inductive"):
        assert (split.new[source].sum(), split.new[~source].sum()) == (3, 2)
        unseen = ~split.new & ~split.observed.any(0) & ~split.observed.any(1)
        assert (unseen[source].sum(), unseen[~source].sum()) == (1, 1)


def test_a_table_where_tasks_play_both_roles_has_one_side() -> None:
    (side,) = task_sides(eligible_of("taskonomy-16k-ahp"))
    assert side.tolist() == list(range(25))


@each_mask
def test_tables_with_the_same_transfers_have_the_same_splits(mask: Mask, splits_of: SplitsOf) -> None:
    """Whatever the regime and the label; Taskonomy's 16k and 1k regimes hold the same transfers."""
    one, other = "taskonomy-16k-ahp", "taskonomy-1k-winrate"
    np.testing.assert_array_equal(eligible_of(one), eligible_of(other))
    for setting in ("transductive", "inductive"):
        hashes = [[split.hash for split in splits_of(name, setting, mask)] for name in (one, other)]
        assert hashes[0] == hashes[1]


@each_table
@each_mask
def test_a_development_split_hides_other_entries_than_any_of_the_protocol(name: str, mask: Mask) -> None:
    """At each ratio, so that also 1/3 and 2/3, which share folds, have none in common."""
    of_board = {
        split.query.tobytes()
        for other in MASKS
        for split in made(name, "transductive", other, development=False)
    }
    for split in made(name, "transductive", mask, development=True):
        assert split.query.tobytes() not in of_board


@each_table
def test_an_inductive_development_split_is_none_of_the_protocol(name: str) -> None:
    """It may hold out the same tasks, as 12 have 66 pairs only, but then validates on others."""
    of_board, own = (
        {
            (split.observed.tobytes(), split.query.tobytes())
            for split in made(name, "inductive", "1/3", development=it)
        }
        for it in (False, True)
    )
    assert of_board.isdisjoint(own)


def test_inductive_development_splits_of_a_large_table_hold_out_other_tasks() -> None:
    of_board, own = (
        {split.new.tobytes() for split in made("taskonomy-16k-ahp", "inductive", "1/3", development=it)}
        for it in (False, True)
    )
    assert of_board.isdisjoint(own)
