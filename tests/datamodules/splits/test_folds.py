"""Folds partition the entries and starve no row and no column, whatever the table's shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from datamodules.splits.folds import equitable_folds

BoolMatrix = NDArray[np.bool_]
any_number_of_folds = st.sampled_from([2, 3])
any_seed = st.integers(0, 2**32 - 1)


@st.composite
def eligibilities(draw: st.DrawFn) -> BoolMatrix:
    """Square, rectangular or bipartite roles, complete or with holes; rows and columns may be empty."""
    size = draw(st.integers(1, 14))
    roles = hnp.arrays(np.bool_, size)
    everyone = np.ones(size, bool)
    shape = draw(st.sampled_from(["square", "rectangular", "bipartite", "arbitrary"]))
    sources = everyone if shape in ("square", "rectangular") else draw(roles)
    targets = {"square": everyone, "bipartite": ~sources}.get(shape)
    targets = draw(roles) if targets is None else targets
    measured = draw(st.just(True) | hnp.arrays(np.bool_, (size, size)))
    return np.outer(sources, targets) & ~np.eye(size, dtype=bool) & measured


def fold_counts(fold_of: NDArray[np.int64], folds: int, axis: int) -> NDArray[np.int64]:
    """How many entries each fold has in each column (axis 0) or row (axis 1): [folds, N]."""
    return np.stack([(fold_of == fold).sum(axis) for fold in range(folds)])


@given(eligible=eligibilities(), folds=any_number_of_folds, seed=any_seed)
def test_exactly_the_eligible_entries_have_a_fold(eligible: BoolMatrix, folds: int, seed: int) -> None:
    fold_of = equitable_folds(eligible, folds=folds, rng=np.random.default_rng(seed))
    assert fold_of.shape == eligible.shape
    np.testing.assert_array_equal(np.isin(fold_of, range(folds)), eligible)
    np.testing.assert_array_equal(fold_of == -1, ~eligible)


@given(eligible=eligibilities(), folds=any_number_of_folds, seed=any_seed)
def test_fold_sizes_differ_by_at_most_one_in_every_row_and_column(
    eligible: BoolMatrix, folds: int, seed: int
) -> None:
    fold_of = equitable_folds(eligible, folds=folds, rng=np.random.default_rng(seed))
    for axis in (0, 1):
        counts = fold_counts(fold_of, folds, axis)
        assert (np.ptp(counts, axis=0) <= 1).all()


@settings(max_examples=30)
@given(eligible=eligibilities(), folds=any_number_of_folds, seed=any_seed)
def test_the_same_seed_gives_the_same_folds(eligible: BoolMatrix, folds: int, seed: int) -> None:
    first, second = (
        equitable_folds(eligible, folds=folds, rng=np.random.default_rng(seed)) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("folds", [2, 3])
def test_ten_seeds_give_ten_partitions(folds: int) -> None:
    """Partitions, not namings: which entries are together differs, not only what a fold is called."""
    eligible = ~np.eye(8, dtype=bool)
    partitions = set()
    for seed in range(10):
        fold_of = equitable_folds(eligible, folds=folds, rng=np.random.default_rng(seed))[eligible]
        partitions.add((fold_of[:, None] == fold_of[None, :]).tobytes())
    assert len(partitions) == 10


def test_no_fold_is_larger_by_its_name() -> None:
    """Single rows and columns leave a remainder, which goes to no fold in particular."""
    eligible = ~np.eye(5, dtype=bool)
    fold_of = [equitable_folds(eligible, folds=3, rng=np.random.default_rng(seed)) for seed in range(300)]
    shares = [np.mean([(one == fold).sum() for one in fold_of]) / eligible.sum() for fold in range(3)]
    assert shares == pytest.approx([1 / 3] * 3, abs=0.02)  # 5 standard errors


def test_a_table_without_entries_has_no_folds() -> None:
    fold_of = equitable_folds(np.zeros((3, 3), bool), folds=3, rng=np.random.default_rng(0))
    assert fold_of.tolist() == [[-1] * 3] * 3
