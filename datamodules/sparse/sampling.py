"""Drawing mini-batches of cells, epoch by epoch, and how likely each cell was to be in one."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch.utils.data import Sampler

from datamodules.sparse.splits import shuffled_place


class DrawnCells(NamedTuple):
    """A mini-batch, and one process's part of it.

    Attributes:
        cell: [B] int64, which of the observed cells the process trains on.
        rate: [B] float32 in (0, 1], how likely each was to be drawn into the mini-batch.
        everyone: [H] int64, the whole mini-batch.
    """

    cell: npt.NDArray[np.int64]
    rate: npt.NDArray[np.float32]
    everyone: npt.NDArray[np.int64]


class CellSampler(Sampler[DrawnCells]):
    """Cuts each epoch's cells into mini-batches, in an order that depends on the seed and the epoch alone.

    A mini-batch is the same however many processes share it: process r of R takes every R-th of its cells.
    Weighting each cell's loss by 1 / rate makes the expected loss of a mini-batch that of all cells (Horvitz
    & Thompson, JASA 1952).

    Args:
        target: [E] int32, ascending, the target of each observed cell.
        batches: mini-batches of an epoch.
        cells_per_target: most cells of a target in an epoch, drawn anew each time; None for all of them.
        seed: seed of the order.
        rank: number of this process.
        world_size: number of processes.
    """

    def __init__(
        self,
        target: npt.NDArray[np.int32],
        *,
        batches: int,
        cells_per_target: int | None,
        seed: int,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        self.target = target
        self.count = np.bincount(target)
        self.batches = batches
        self.cells_per_target = cells_per_target
        self.seed = seed
        self.rank = rank
        self.world_size = world_size
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch to draw; Lightning does so before each."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Number of mini-batches."""
        return self.batches

    def __iter__(self) -> Iterator[DrawnCells]:
        """Draw the epoch's mini-batches."""
        rng = np.random.default_rng([self.seed, self.epoch])
        if self.cells_per_target is None:
            drawn = rng.permutation(len(self.target))
            rate_of_target = np.ones(len(self.count))
        else:
            place = shuffled_place(self.target, self.count, rng)
            drawn = rng.permutation(np.flatnonzero(place < self.cells_per_target))
            rate_of_target = np.minimum(1.0, self.cells_per_target / np.maximum(self.count, 1))
        for batch in np.array_split(drawn, self.batches):
            own = batch[self.rank :: self.world_size]
            rate = rate_of_target[self.target[own]] * (len(batch) / len(drawn))
            yield DrawnCells(own, rate.astype(np.float32), batch)
