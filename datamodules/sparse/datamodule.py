"""Lightning datamodule that serves a sparse table as one graph and mini-batches of its cells."""

import numpy as np
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, Dataset

from datamodules.errors import UserError
from datamodules.sparse.graph import CellBatch, SparseGraph, blocks_of, cell_tasks, sparse_graph
from datamodules.sparse.sampling import CellSampler, DrawnCells
from datamodules.sparse.splits import SparseSplit
from datamodules.sparse.standardise import standardised, target_moments
from datamodules.sparse.table import SparseAffinityTable

BATCHES = 16


class _TrainingCells(Dataset[CellBatch]):
    """The observed cells, by what a sampler draws."""

    def __init__(self, graph: SparseGraph) -> None:
        self.graph = graph

    def __getitem__(self, drawn: DrawnCells) -> CellBatch:
        cell = torch.from_numpy(drawn.cell)
        source, target, value = self.graph.source[cell], self.graph.target[cell], self.graph.value[cell]
        return CellBatch(
            source, target, value, torch.from_numpy(drawn.rate), torch.from_numpy(drawn.everyone)
        )


class SparseDataModule(pl.LightningDataModule):
    """Serves the observed cells of a split as a graph and as mini-batches; no query cell's value is in it.

    An epoch has a fixed number of mini-batches, so that an encoder that reads the whole graph in each step
    takes time in proportion to the cells, and training takes as many steps for a small table as for a large
    one. Under DDP, each process gets its part of every mini-batch.

    Args:
        table: E measured cells.
        split: which of them are observed, for validation, or hidden.
        batches: mini-batches of an epoch.
        cells_per_target: most cells of a target in an epoch; None for all. Losses are corrected for it.
        seed: seed of the order of cells.
        train_on_validation: add the validation cells to the observed ones; none are left for early stopping.

    Attributes:
        graph: the observed cells.
        moments: mean and deviation of each target's observed cells, to put predictions into its unit.

    Raises:
        UserError: if a number is out of range, or the split is of another table.
    """

    def __init__(
        self,
        *,
        table: SparseAffinityTable,
        split: SparseSplit,
        batches: int = BATCHES,
        cells_per_target: int | None = None,
        seed: int = 0,
        train_on_validation: bool = False,
    ) -> None:
        super().__init__()
        if batches < 2 or (cells_per_target is not None and cells_per_target < 1):
            raise UserError(
                f"an epoch takes at least 2 mini-batches and 1 cell of a target; got batches {batches}, "
                f"cells_per_target {cells_per_target}"
            )
        if len(split.observed) != len(table.value):
            raise UserError(
                f"{table.name} has {len(table.value)} cells, but the split {len(split.observed)}: make the "
                "split by hide_cells(table)"
            )
        self.table = table
        self.split = split
        self.batches = batches
        self.cells_per_target = cells_per_target
        self.seed = seed
        self.observed = split.observed | split.validation if train_on_validation else split.observed
        self.validation = np.zeros_like(split.validation) if train_on_validation else split.validation
        self.moments = target_moments(table, self.observed)
        scores = standardised(table, self.observed, self.moments)
        self.graph = sparse_graph(table, self.observed, scores)
        self._validation_scores = torch.from_numpy(scores[self.validation])

    def train_dataloader(self) -> DataLoader[CellBatch]:
        """This process's part of an epoch's mini-batches."""
        rank, world_size = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        sampler = CellSampler(
            self.table.target[self.observed],
            batches=self.batches,
            cells_per_target=self.cells_per_target,
            seed=self.seed,
            rank=rank,
            world_size=world_size,
        )
        return DataLoader(_TrainingCells(self.graph), sampler=sampler, batch_size=None)

    def val_dataloader(self) -> DataLoader[CellBatch]:
        """The validation cells in blocks, the same for all processes; no block if there are none."""
        source, target = cell_tasks(self.table, self.validation)
        rate, nothing = torch.ones(len(source)), torch.empty(0, dtype=torch.int64)
        blocks = [
            CellBatch(source[block], target[block], self._validation_scores[block], rate[block], nothing)
            for block in blocks_of(len(source))
        ]
        return DataLoader(blocks, batch_size=None)  # type: ignore[arg-type]  # a list is a valid dataset
