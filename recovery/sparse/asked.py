"""Which cells of a large table are to be recovered: those of a list, or the best of every target."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.own_matrix.cells import refusal, shown
from datamodules.sparse.long_file import read_pairs
from datamodules.sparse.table import SparseAffinityTable

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
        The cells of one target after another: what is held at a time grows with the sources.
    """
    sources = np.arange(len(table.source_names))
    for target in range(len(table.target_names)):
        value = predict(sources, np.full_like(sources, target))
        measured = np.zeros(len(sources), dtype=bool)
        own = _cells_of(table, target)
        measured[table.source[own]] = True
        value[table.source[own]] = table.value[own]
        value[table.source_task == table.target_task[target]] = -np.inf  # no transfer to itself
        best = np.argpartition(-value, min(top, len(value) - 1))[:top]
        best = best[np.isfinite(value[best])]
        best = best[np.argsort(-value[best], kind="stable")]
        yield AskedCells(best, np.full_like(best, target), value[best], measured[best])


def cells_of_list(table: SparseAffinityTable, path: Path, predict: Scores) -> Iterator[AskedCells]:
    """The cells of a list, in its order.

    Args:
        table: the table.
        path: a file with the columns ``source`` and ``target``; others are not read.
        predict: predicted values of pairs of a source and a target.

    Yields:
        The cells, part by part.

    Raises:
        UserError: for a damaged file, a name that is none of the table, or a transfer of a task to itself.
    """
    sides = [
        {name: number for number, name in enumerate(names)}
        for names in (table.source_names, table.target_names)
    ]
    first = 0
    for names in read_pairs(path):
        indices = []
        for role, known, own in zip(("source", "target"), sides, names, strict=True):
            found = np.array([known.get(name, -1) for name in own])
            if (found < 0).any():
                row = int(np.argmax(found < 0))
                raise refusal(
                    path,
                    f"row {first + row + 2}: {shown(own[row])} is no {role} of {shown(table.name)}",
                    fix="Spell names as in the table; of what is not in it, nothing is known.",
                )
            indices.append(found)
        source, target = indices
        itself = table.source_task[source] == table.target_task[target]
        if itself.any():
            row = int(np.argmax(itself))
            raise refusal(
                path,
                f"row {first + row + 2}: {shown(names[0][row])} is a transfer of a task to itself",
                fix="Leave it out.",
            )
        value = predict(source, target)
        place = find_cells(table, source, target)
        measured = place >= 0
        value[measured] = table.value[place[measured]]
        first += len(source)
        yield AskedCells(source, target, value, measured)


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


def _cells_of(table: SparseAffinityTable, target: int) -> slice:
    first, last = np.searchsorted(table.target, [target, target + 1])
    return slice(int(first), int(last))
