"""Mini-batches of cells: every cell once an epoch, the same however shared out, at the rates they say."""

from dataclasses import replace

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.sparse.datamodule import SparseDataModule
from datamodules.sparse.gravity_hub import GravityHub
from datamodules.sparse.sampling import CellSampler
from datamodules.sparse.splits import hide_cells

TARGET = np.repeat(np.arange(3, dtype=np.int32), [2, 5, 11])


def sampler(cap: int | None = None, rank: int = 0, world_size: int = 1) -> CellSampler:
    return CellSampler(TARGET, batches=4, cells_per_target=cap, seed=7, rank=rank, world_size=world_size)


def test_an_epoch_has_every_cell_once_and_another_order_than_the_next() -> None:
    drawn = sampler()
    first = [batch.cell.tolist() for batch in drawn]
    assert sorted(cell for batch in first for cell in batch) == list(range(18))
    assert [batch.cell.tolist() for batch in drawn] == first
    drawn.set_epoch(1)
    assert [batch.cell.tolist() for batch in drawn] != first
    assert len(first) == len(drawn) == 4


def test_processes_share_a_mini_batch() -> None:
    for whole, *parts in zip(
        sampler(), *(sampler(rank=rank, world_size=3) for rank in range(3)), strict=True
    ):
        assert sorted(np.concatenate([part.cell for part in parts])) == sorted(whole.cell)
        for part in parts:
            assert part.everyone.tolist() == whole.everyone.tolist() == whole.cell.tolist()


@pytest.mark.parametrize("cap", [None, 3])
def test_the_rate_is_how_often_a_cell_is_drawn(cap: int | None) -> None:
    drawn, epochs = sampler(cap), 3000
    seen, said = np.zeros((4, 18)), np.zeros((4, 18))
    for epoch in range(epochs):
        drawn.set_epoch(epoch)
        for number, batch in enumerate(drawn):
            seen[number, batch.cell] += 1
            said[number, batch.cell] = batch.rate
    error = np.abs(seen / epochs - said)
    assert (error < 4.5 * np.sqrt(said * (1 - said) / epochs)).all()
    # A target of two has both in each epoch, one of eleven three of them.
    assert said[:, 0].sum() == pytest.approx(1.0)
    assert said[:, -1].sum() == pytest.approx(1.0 if cap is None else 3 / 11)


def test_the_datamodule_serves_observed_cells_alone(hub: GravityHub) -> None:
    table, split = hub.table, hide_cells(hub.table)
    data = SparseDataModule(table=table, split=split)
    pairs = {
        (int(source), int(target))
        for batch in data.train_dataloader()
        for source, target in zip(batch.source, batch.target, strict=True)
    }
    tasks = table.source_task[table.source], table.target_task[table.target]
    observed = set(zip(*(side[split.observed].tolist() for side in tasks), strict=True))
    assert pairs == observed
    assert len(data.graph.value) == split.observed.sum()
    assert sum(len(batch.value) for batch in data.val_dataloader()) == split.validation.sum()
    with_all = SparseDataModule(table=table, split=split, train_on_validation=True)
    assert len(with_all.graph.value) == split.observed.sum() + split.validation.sum()
    assert len(with_all.val_dataloader()) == 0


def test_impossible_numbers_are_refused(hub: GravityHub) -> None:
    split = hide_cells(hub.table)
    with pytest.raises(UserError, match="at least 2 mini-batches"):
        SparseDataModule(table=hub.table, split=split, batches=1)
    other = replace(split, observed=split.observed[1:])
    with pytest.raises(UserError, match="make the split by hide_cells"):
        SparseDataModule(table=hub.table, split=other)
