"""The two forms of a user's matrix, wide and long, as one block of measured transfers."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix
from datamodules.own_matrix.cells import FileCell, read_name, read_names, read_number, refusal, shown, some
from datamodules.own_matrix.grid import Grid
from datamodules.replicates import Replicates

LONG_COLUMNS = ("source", "target", "value")
# Either may be there beside them, and then a pair may stand once per seed.
RUN_COLUMNS = ("seed", "replicate")

# The matrix is held as a square: this many tasks fill 800 MB.
MAX_TASKS = 10_000


@dataclass(frozen=True, eq=False)
class Block:
    """The measured transfers from S sources to T targets; a name may be on both sides.

    Attributes:
        sources: S unique names, in the order of first appearance.
        targets: T unique names, in the order of first appearance.
        value: [S, T] float64 as they stand in the file, the mean over seeds where there are any; NaN where
            not measured.
        replicates: measurements behind each value, [S, T], without the single runs; None where the file has
            no column that tells runs apart.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    value: FloatMatrix
    replicates: Replicates | None = None


def read_block(grid: Grid) -> Block:
    """Read either form: long if the columns are source, target and value in any order, else wide.

    The long form may have a column ``seed`` or ``replicate`` more.

    Args:
        grid: the file's cells.

    Returns:
        What was measured.

    Raises:
        UserError: for columns that are almost those of the long form, names that are empty or stand twice,
            a pair that stands twice without a seed or with the same one, a cell that is not a number, or too
            many tasks.
    """
    for run_column in (None, *RUN_COLUMNS):
        if sorted(grid.header) == sorted(filter(None, (*LONG_COLUMNS, run_column))):
            return _read_long(grid, run_column=run_column)
    # Read as wide, a long table with a column too many, too few or misspelt would get a puzzling message.
    if {"source", "target"} <= {name.strip().casefold() for name in grid.header}:
        found = {
            "missing": [name for name in LONG_COLUMNS if name not in grid.header],
            "unknown": [name for name in grid.header if name not in LONG_COLUMNS + RUN_COLUMNS],
            "not both": [name for name in RUN_COLUMNS if set(RUN_COLUMNS) <= set(grid.header)],
            "twice": [name for name in LONG_COLUMNS + RUN_COLUMNS if grid.header.count(name) > 1],
        }
        raise refusal(
            grid.path,
            "a table with the columns source and target must have source, target, value, at most seed or "
            "replicate beside them, and no other; "
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


def _read_long(grid: Grid, *, run_column: str | None) -> Block:
    """One transfer a row, or one measurement of it where a column tells runs apart."""
    at_source, at_target, at_value = (grid.header.index(name) for name in LONG_COLUMNS)
    at_run = None if run_column is None else grid.header.index(run_column)
    row_of: dict[tuple[str, str, FileCell], int] = {}
    figures: list[float] = []
    for number, cells in grid.rows:
        source = read_name(cells[at_source], path=grid.path, place=f"row {number}, column 'source'")
        target = read_name(cells[at_target], path=grid.path, place=f"row {number}, column 'target'")
        run = (
            None if at_run is None else _read_run(cells[at_run], grid, row=number, column=grid.header[at_run])
        )
        if (source, target, run) in row_of:
            raise _same_pair_twice(grid, (source, target), (row_of[source, target, run], number), run_column)
        row_of[source, target, run] = number
        names = (source, target)
        figures.append(read_number(cells[at_value], path=grid.path, row=number, names=names, column="value"))
    sources = {name: i for i, name in enumerate(dict.fromkeys(source for source, _, _ in row_of))}
    targets = {name: i for i, name in enumerate(dict.fromkeys(target for _, target, _ in row_of))}
    _check_count(grid, sources, targets)
    shape = (len(sources), len(targets))
    at = np.array([(sources[source], targets[target]) for source, target, _ in row_of]).T
    if run_column:
        value, replicates = _mean_over_runs(grid, at, np.array(figures), shape=shape)
        return Block(tuple(sources), tuple(targets), value, replicates)
    value = np.full(shape, np.nan)
    value[tuple(at)] = figures
    return Block(tuple(sources), tuple(targets), value)


def _read_run(cell: FileCell, grid: Grid, *, row: int, column: str) -> FileCell:
    """The cell that says which run a row is: text, or a number of a Parquet file."""
    if cell is None or cell != cell or not str(cell).strip():  # NaN is unequal to itself
        place = f"row {row}, column {shown(column)}"
        raise refusal(grid.path, f"{place}: the run is blank", fix="Number the runs of every pair.")
    return cell


def _same_pair_twice(
    grid: Grid, pair: tuple[str, str], rows: tuple[int, int], run_column: str | None
) -> UserError:
    whose = f" with the same {run_column}" if run_column else ""
    fix = "" if run_column else ", or add a column 'seed' that tells runs apart: their mean is taken"
    return refusal(
        grid.path,
        f"the same pair twice{whose}: rows {rows[0]} and {rows[1]} are both {' -> '.join(map(shown, pair))}",
        fix=f"Keep one row per pair{' and ' + run_column if run_column else ''}{fix}.",
    )


def _mean_over_runs(
    grid: Grid,
    at: npt.NDArray[np.int64],
    figures: npt.NDArray[np.float64],
    *,
    shape: tuple[int, int],
) -> tuple[FloatMatrix, Replicates]:
    """Mean, and what is known of the noise, of each cell of [S, T]; a blank is no measurement."""
    measured = np.isfinite(figures)
    cell, figures = np.ravel_multi_index(at[:, measured], shape), figures[measured]
    size = shape[0] * shape[1]
    count = np.bincount(cell, minlength=size)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
        mean = np.bincount(cell, figures, size) / np.maximum(count, 1)
        variance = np.bincount(cell, (figures - mean[cell]) ** 2, size) / np.maximum(count - 1, 1)
    if not np.isfinite(mean).all() or not np.isfinite(variance[count > 1]).all():
        raise refusal(grid.path, "the values are too large to take their mean", fix="Scale them down.")
    value = np.where(count > 0, mean, np.nan).reshape(shape)
    deviation = np.sqrt(np.where(count > 1, variance, np.nan)).reshape(shape)
    return value, Replicates(count=count.reshape(shape), deviation=deviation)


def _check_count(grid: Grid, sources: Iterable[str], targets: Iterable[str]) -> None:
    tasks = len({*sources, *targets})
    if tasks > MAX_TASKS:
        raise refusal(
            grid.path,
            f"there are {tasks:,} tasks, and the limit is {MAX_TASKS:,}",
            fix="Check that sources and targets are tasks, or bring fewer.",
        )
