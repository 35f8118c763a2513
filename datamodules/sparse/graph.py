"""The tensors that a model of sparse tables sees: the observed cells, and batches of cells to score."""

from typing import NamedTuple, Self

import torch
from torch import Tensor

from datamodules.sparse.splits import Cells
from datamodules.sparse.table import SparseAffinityTable, Values

SCORED_AT_A_TIME = 2**20  # pairs


class CellBatch(NamedTuple):
    """B measured cells, to train on or to validate with; tasks as in :class:`SparseGraph`.

    Attributes:
        source: [B] int64, the source task of each cell.
        target: [B] int64, its target task.
        value: [B] float32, its z-score.
        rate: [B] float32 in (0, 1], how likely it was to be drawn.
        hidden: [H] int64, the graph's cells that must not be seen: of all processes' parts of a mini-batch.
    """

    source: Tensor
    target: Tensor
    value: Tensor
    rate: Tensor
    hidden: Tensor


class SparseGraph(NamedTuple):
    """The E observed cells of a sparse table over N tasks, standardised per target.

    All sources come first, then the targets that are no sources: ``SparseAffinityTable.task_names``.

    Attributes:
        num_tasks: N.
        source: [E] int64, the source task of each cell.
        target: [E] int64, its target task.
        value: [E] float32, its z-score.
        shown: [E] float32, what the z-score counts for in a message: 0 hides a cell, 1 / (1 − share) makes up
            for a share of cells that are hidden.
        key: [] int64, noise key (see :mod:`lit_models.noise`).
    """

    num_tasks: int
    source: Tensor
    target: Tensor
    value: Tensor
    shown: Tensor
    key: Tensor

    def without(self, cells: Tensor) -> Self:
        """Hide cells from the messages, as the query cells are hidden when they are predicted.

        Args:
            cells: [B] int64, where they stand in the graph.

        Returns:
            The graph with these cells hidden, and the others weighted up as by dropout, so that the expected
            sum of a task's messages stays the same.
        """
        shown = self.shown * (len(self.shown) / max(len(self.shown) - len(cells), 1))
        return self._replace(shown=shown.index_fill(0, cells, 0.0))


def sparse_graph(table: SparseAffinityTable, observed: Cells, scores: Values) -> SparseGraph:
    """The graph of a table's observed cells.

    Args:
        table: E measured cells.
        observed: [E] bool.
        scores: [E] float32, z-scores; read only where observed.

    Returns:
        The graph, with nothing hidden and noise key 0.
    """
    source, target = cell_tasks(table, observed)
    value = torch.from_numpy(scores[observed])
    return SparseGraph(
        num_tasks=len(table.task_names),
        source=source,
        target=target,
        value=value,
        shown=torch.ones_like(value),
        key=torch.tensor(0),
    )


def cell_tasks(table: SparseAffinityTable, cells: Cells) -> tuple[Tensor, Tensor]:
    """Source and target task of some of a table's cells.

    Args:
        table: E measured cells.
        cells: [E] bool.

    Returns:
        [M] int64 twice.
    """
    source = torch.from_numpy(table.source_task[table.source[cells]]).long()
    return source, torch.from_numpy(table.target_task[table.target[cells]]).long()


def blocks_of(count: int) -> list[slice]:
    """Cut many pairs into blocks whose vectors fit into memory at a time.

    Args:
        count: number of pairs.

    Returns:
        Slices that cover 0, ..., count − 1; none if there are none.
    """
    return [slice(start, start + SCORED_AT_A_TIME) for start in range(0, count, SCORED_AT_A_TIME)]
