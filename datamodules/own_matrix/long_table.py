"""A user's long table, one transfer or one measurement of it a row."""

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix
from datamodules.own_matrix.block import Block, check_count, remarks_on
from datamodules.own_matrix.cells import FileCell, read_name, read_number, refusal, shown, some
from datamodules.own_matrix.columns import LongColumns
from datamodules.own_matrix.grid import Grid
from datamodules.replicates import Replicates


def read_long(grid: Grid, columns: LongColumns) -> Block:
    """Read a long table.

    Args:
        grid: the file's cells.
        columns: the columns to read; others are left out, and said to be.

    Returns:
        What was measured: the mean over runs where a column tells them apart.

    Raises:
        UserError: for a column that is missing or stands twice, an empty name, a pair that stands twice
            without a run or with the same one, or a cell that is not a number.
    """
    run_column = columns.run
    at_source, at_target, at_value = (
        _place(grid, name) for name in (columns.source, columns.target, columns.value)
    )
    at_run = None if run_column is None else _place(grid, run_column)
    left_out = [
        name for i, name in enumerate(grid.header) if i not in (at_source, at_target, at_value, at_run)
    ]
    row_of: dict[tuple[str, str, FileCell], int] = {}
    figures: list[float] = []
    for number, cells in grid.rows:
        source, target = (
            read_name(cells[at], path=grid.path, place=f"row {number}, column {shown(grid.header[at])}")
            for at in (at_source, at_target)
        )
        run = (
            None if at_run is None else _read_run(cells[at_run], grid, row=number, column=grid.header[at_run])
        )
        if (source, target, run) in row_of:
            raise _same_pair_twice(grid, (source, target), (row_of[source, target, run], number), run_column)
        row_of[source, target, run] = number
        figures.append(
            read_number(
                cells[at_value], path=grid.path, row=number, names=(source, target), column=columns.value
            )
        )
    sources = {name: i for i, name in enumerate(dict.fromkeys(source for source, _, _ in row_of))}
    targets = {name: i for i, name in enumerate(dict.fromkeys(target for _, target, _ in row_of))}
    check_count(grid.path, [*sources], [*targets])
    value_cells = [row.cells[at_value] for row in grid.rows]
    remarks = remarks_on(
        names=(row.cells[at] for row in grid.rows for at in (at_source, at_target)),
        unmeasured=(cell for cell, figure in zip(value_cells, figures, strict=True) if figure != figure),
        figures=value_cells,
    )
    if left_out:
        remarks = (f"columns that are left out: {some(left_out)}", *remarks)
    shape = (len(sources), len(targets))
    at = np.array([(sources[source], targets[target]) for source, target, _ in row_of]).T
    if run_column:
        value, replicates = _mean_over_runs(grid, at, np.array(figures), shape=shape)
        return Block(tuple(sources), tuple(targets), value, replicates, remarks)
    value = np.full(shape, np.nan)
    value[tuple(at)] = figures
    return Block(tuple(sources), tuple(targets), value, remarks=remarks)


def _place(grid: Grid, column: str) -> int:
    """Position of the one column of a name."""
    if grid.header.count(column) != 1:
        problem = "stands more than once" if column in grid.header else "is missing"
        raise refusal(
            grid.path,
            f"the column {shown(column)} {problem}; the columns are {some(grid.header)}",
            fix="Name columns of the header in --columns.",
        )
    return grid.header.index(column)


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
