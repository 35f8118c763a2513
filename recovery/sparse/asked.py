"""Which cells of a large table are to be recovered: those of a list, or the best of every target."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.own_matrix.cells import refusal, shown
from datamodules.sparse.long_file import read_pairs
from datamodules.sparse.table import SparseAffinityTable

PAIRS_AT_A_TIME = 2**20

Indices = npt.NDArray[np.integer]
Scores = Callable[[Indices, Indices], npt.NDArray[np.float64]]


class AskedCells(NamedTuple):
    """M cells and what is said of them.

    Attributes:
        source: [M] integers, index of each source.
        target: [M] integers, index of each target.
        value: [M] float64, as measured or else as predicted; higher is better.
        measured: [M] bool.
    """

    source: Indices
    target: Indices
    value: npt.NDArray[np.float64]
    measured: npt.NDArray[np.bool_]


def best_of_targets(table: SparseAffinityTable, predict: Scores, *, top: int) -> Iterator[AskedCells]:
    """The best sources of every target, measured or not, best first.

    Args:
        table: the table.
        predict: predicted values of pairs of a source and a target.
        top: how many of each target, at most.

    Yields:
        The cells of some targets after the other: what is held at a time does not grow with them.
    """
    sources = np.arange(len(table.source_names))
    size = max(1, PAIRS_AT_A_TIME // len(sources))
    for first in range(0, len(table.target_names), size):
        targets = np.arange(first, min(first + size, len(table.target_names)))
        shape = (len(targets), len(sources))
        value = predict(np.tile(sources, len(targets)), np.repeat(targets, len(sources))).reshape(shape)
        cells = slice(*np.searchsorted(table.target, [first, first + len(targets)]))
        place = table.target[cells] - first, table.source[cells]
        measured = np.zeros(shape, dtype=bool)
        measured[place], value[place] = True, table.value[cells]
        value[table.target_task[targets][:, None] == table.source_task] = -np.inf  # none to itself
        best = np.argpartition(-value, min(top, len(sources)) - 1)[:, :top]
        best = np.take_along_axis(best, np.argsort(-np.take_along_axis(value, best, 1), kind="stable"), 1)
        row, source = np.repeat(np.arange(len(targets)), best.shape[1]), best.ravel()
        exists = np.isfinite(value[row, source])
        row, source = row[exists], source[exists]
        yield AskedCells(source, targets[row], value[row, source], measured[row, source])


def cells_of_list(table: SparseAffinityTable, path: Path, predict: Scores) -> Iterator[AskedCells]:
    """The cells of a list, in its order.

    Args:
        table: the table.
        path: the list, see :func:`pairs_of_list`.
        predict: predicted values of pairs of a source and a target.

    Yields:
        The cells, part by part.
    """
    for source, target in pairs_of_list(table, path):
        value, place = predict(source, target), find_cells(table, source, target)
        measured = place >= 0
        value[measured] = table.value[place[measured]]
        yield AskedCells(source, target, value, measured)


def pairs_of_list(table: SparseAffinityTable, path: Path) -> Iterator[tuple[Indices, Indices]]:
    """Look the names of a list up.

    Args:
        table: the table.
        path: a file with the columns ``source`` and ``target``; others are not read.

    Yields:
        Index of each source and of each target, part by part.

    Raises:
        UserError: for a damaged file, a name that is none of the table, or a transfer of a task to itself.
    """
    known = [dict(zip(names, count(), strict=False)) for names in (table.source_names, table.target_names)]
    first = 2  # row of the file
    for names in read_pairs(path):
        source, target = (
            np.array([of_side.get(name, -1) for name in own])
            for of_side, own in zip(known, names, strict=True)
        )
        itself = table.source_task[source] == table.target_task[target]
        for bad, own, problem in (
            (source < 0, names[0], "is no source of the table"),
            (target < 0, names[1], "is no target of the table"),
            (itself, names[0], "is source and target at once"),
        ):
            if bad.any():
                row = int(np.argmax(bad))
                raise refusal(
                    path,
                    f"row {first + row}: {shown(own[row])} {problem}",
                    fix="Spell names as in the table, and leave out what is not in it.",
                )
        first += len(source)
        yield source, target


def find_cells(table: SparseAffinityTable, source: Indices, target: Indices) -> npt.NDArray[np.int64]:
    """Where pairs stand among a table's measured cells.

    Args:
        table: E measured cells.
        source: [M] integers.
        target: [M] integers.

    Returns:
        [M] int64 in [0, E); −1 for a pair that is not measured.
    """
    size = np.int64(len(table.source_names))
    own = table.target * size + table.source  # ascending, as the table keeps them
    key = target.astype(np.int64) * size + source
    place = np.minimum(np.searchsorted(own, key), len(own) - 1)
    return np.where(own[place] == key, place, -1)
