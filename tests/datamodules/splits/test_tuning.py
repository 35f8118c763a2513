"""Splits within splits: apart from what they are scored on, and still of the protocol's make."""

from dataclasses import replace

import numpy as np
import pytest

from datamodules.registry import DATASETS
from datamodules.splits.protocol import VALIDATION_SHARE, Setting, make_splits
from datamodules.splits.tuning import nested_split

TABLES = {
    name: source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    for name, source in DATASETS.items()
}
tables = pytest.mark.parametrize("name", TABLES)


@tables
@pytest.mark.parametrize("setting", ["transductive", "inductive"])
def test_new_validation_entries_come_out_of_the_observed(name: str, setting: Setting) -> None:
    eligible = TABLES[name].eligible
    for split in make_splits(eligible, setting=setting, development=True):
        nested = nested_split(split, eligible)
        assert nested.validation.any()
        assert not (nested.observed & nested.validation).any()
        assert np.array_equal(nested.observed | nested.validation, split.observed)
        assert np.array_equal(nested.query, split.query)
        assert np.array_equal(nested.new, split.new)
        assert nested.number == split.number


@tables
def test_a_tenth_goes_and_two_stay_in_every_row_and_column(name: str) -> None:
    eligible = TABLES[name].eligible
    for split in make_splits(eligible, setting="transductive", development=True):
        nested = nested_split(split, eligible)
        assert nested.validation.sum() == round(VALIDATION_SHARE * split.observed.sum())
        for axis in (0, 1):
            before, after = split.observed.sum(axis), nested.observed.sum(axis)
            assert (after >= np.minimum(before, 2)).all()


@tables
def test_inductive_validation_entries_are_all_of_two_tasks_with_entries(name: str) -> None:
    eligible = TABLES[name].eligible
    for split in make_splits(eligible, setting="inductive", development=True):
        nested = nested_split(split, eligible)
        taken = [
            task
            for task in np.flatnonzero(split.observed.any(0) | split.observed.any(1))
            if not nested.observed[task].any() and not nested.observed[:, task].any()
        ]
        assert len(taken) == 2
        touched = np.zeros_like(eligible)
        touched[taken, :] = touched[:, taken] = True
        assert np.array_equal(nested.validation, split.observed & touched)


def test_a_nested_split_is_drawn_once_and_for_all() -> None:
    eligible = TABLES["medmnist"].eligible
    splits = make_splits(eligible, setting="transductive", development=True)
    first, again = ([nested_split(split, eligible).hash for split in splits] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(splits)
    # Not the same draw for two splits that reveal the same entries.
    first_again = replace(splits[0], number=1)
    alike = [nested_split(each, eligible).validation for each in (splits[0], first_again)]
    assert not np.array_equal(*alike)
