"""Hidden cells of a sparse table: shares per target, by the seed, whatever the values."""

from dataclasses import replace

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.sparse.gravity_hub import GravityHub
from datamodules.sparse.splits import hide_cells
from datamodules.sparse.table import SparseAffinityTable


def line(*counts: int) -> SparseAffinityTable:
    """Targets with so many cells each."""
    return SparseAffinityTable(
        name="line",
        unit="none",
        source_names=tuple(f"s{number}" for number in range(max(counts))),
        target_names=tuple(f"t{number}" for number in range(len(counts))),
        source=np.concatenate([np.arange(count) for count in counts]),
        target=np.repeat(np.arange(len(counts)), counts),
        value=np.arange(sum(counts), dtype=np.float64),
    )


def test_each_target_has_its_share_hidden_and_keeps_two_cells() -> None:
    table = line(1, 2, 3, 9, 30)
    split = hide_cells(table)
    together = split.observed.astype(int) + split.validation + split.query
    assert (together == 1).all()
    assert np.bincount(table.target[split.query], minlength=5).tolist() == [0, 0, 1, 3, 10]
    assert np.bincount(table.target[split.validation], minlength=5).tolist() == [0, 0, 0, 1, 2]


def test_a_split_depends_on_its_seed_and_never_on_values(hub: GravityHub) -> None:
    split = hide_cells(hub.table, seed=1)
    other = replace(hub.table, value=np.random.default_rng(0).normal(size=len(hub.table.value)))
    assert hide_cells(other, seed=1).hash == split.hash
    assert hide_cells(hub.table, seed=2).hash != split.hash


def test_every_cell_is_hidden_as_often() -> None:
    table = line(12)
    hidden = np.mean([hide_cells(table, seed=seed).query for seed in range(3000)], axis=0)
    assert np.abs(hidden - 1 / 3).max() < 4 * np.sqrt(1 / 3 * 2 / 3 / 3000)


def test_nothing_hidden_leaves_validation_alone(hub: GravityHub) -> None:
    split = hide_cells(hub.table, share=0.0, validation_share=0.2)
    assert not split.query.any()
    assert split.validation.mean() == pytest.approx(0.2, abs=0.01)


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(UserError, match=r"share must be at least 0 and less than 1, got 1\.0"):
        hide_cells(line(9), share=1.0)
    with pytest.raises(UserError, match="at most 5 measured cells, of which 2 would be hidden"):
        hide_cells(line(5, 2))
