"""The two forms of a user's matrix, wide and long, as one block of measured transfers."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from datamodules.matrix_types import FloatMatrix
from datamodules.own_matrix.cells import read_name, read_names, read_number, refusal, shown, some
from datamodules.own_matrix.grid import Grid

LONG_COLUMNS = ("source", "target", "value")

# The matrix is held as a square: this many tasks fill 800 MB.
MAX_TASKS = 10_000


@dataclass(frozen=True, eq=False)
class Block:
    """The measured transfers from S sources to T targets; a name may be on both sides.

    Attributes:
        sources: S unique names, in the order of first appearance.
        targets: T unique names, likewise.
        value: [S, T] float64 as they stand in the file; NaN where not measured.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    value: FloatMatrix


def read_block(grid: Grid) -> Block:
    """Read either form: long if the columns are source, target and value in any order, else wide.

    Args:
        grid: the file's cells.

    Returns:
        What was measured.

    Raises:
        UserError: for columns that are almost those of the long form, names that are empty or stand twice,
            a pair that stands twice, a cell that is not a number, or too many tasks.
    """
    if sorted(grid.header) == sorted(LONG_COLUMNS):
        return _read_long(grid)
    # Read as wide, a long table with a column too many, too few or misspelt would get a puzzling message.
    if {"source", "target"} <= {name.strip().casefold() for name in grid.header}:
        found = {
            "missing": [name for name in LONG_COLUMNS if name not in grid.header],
            "unknown": [name for name in grid.header if name not in LONG_COLUMNS],
            "twice": [name for name in LONG_COLUMNS if grid.header.count(name) > 1],
        }
        raise refusal(
            grid.path,
            "a table with the columns source and target must have source, target, value and no other; "
            + "; ".join(f"{what}: {some(names)}" for what, names in found.items() if names),
            fix="Rename, add or delete columns (pandas: write without the index).",
        )
    return _read_wide(grid)


def _read_wide(grid: Grid) -> Block:
    """First column = names of the sources, header = names of the targets."""
    targets = read_names(enumerate(grid.header[1:], start=2), path=grid.path, side="column")
    sources = read_names(((row.number, row.cells[0]) for row in grid.rows), path=grid.path, side="row")
    _check_count(grid, sources, targets)
    value = np.empty((len(sources), len(targets)))
    for i, (source, row) in enumerate(zip(sources, grid.rows, strict=True)):
        value[i] = [
            read_number(cell, path=grid.path, row=row.number, names=(source,), column=target)
            for cell, target in zip(row.cells[1:], targets, strict=True)
        ]
    return Block(tuple(sources), tuple(targets), value)


def _read_long(grid: Grid) -> Block:
    """One transfer a row."""
    at_source, at_target, at_value = (grid.header.index(name) for name in LONG_COLUMNS)
    row_of: dict[tuple[str, str], int] = {}
    figures: list[float] = []
    for number, cells in grid.rows:
        source = read_name(cells[at_source], path=grid.path, place=f"row {number}, column 'source'")
        target = read_name(cells[at_target], path=grid.path, place=f"row {number}, column 'target'")
        pair = (source, target)
        if pair in row_of:
            raise refusal(
                grid.path,
                f"the same pair twice: rows {row_of[pair]} and {number} are both "
                f"{shown(source)} -> {shown(target)}",
                fix="Keep one row a pair.",
            )
        row_of[pair] = number
        figures.append(read_number(cells[at_value], path=grid.path, row=number, names=pair, column="value"))
    sources = {name: i for i, name in enumerate(dict.fromkeys(source for source, _ in row_of))}
    targets = {name: i for i, name in enumerate(dict.fromkeys(target for _, target in row_of))}
    _check_count(grid, sources, targets)
    value = np.full((len(sources), len(targets)), np.nan)
    value[[sources[source] for source, _ in row_of], [targets[target] for _, target in row_of]] = figures
    return Block(tuple(sources), tuple(targets), value)


def _check_count(grid: Grid, sources: Iterable[str], targets: Iterable[str]) -> None:
    tasks = len({*sources, *targets})
    if tasks > MAX_TASKS:
        raise refusal(
            grid.path,
            f"there are {tasks:,} tasks, and the limit is {MAX_TASKS:,}",
            fix="Check that sources and targets are tasks, or bring fewer.",
        )
