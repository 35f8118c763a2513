"""Drawing cells at random, for the user to measure, and reading them back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.own_matrix.cells import read_name, read_number, refusal, shown, some
from datamodules.own_matrix.columns import LONG_COLUMNS
from datamodules.own_matrix.frame import frame_grid
from datamodules.own_matrix.grid import Grid, read_grid
from datamodules.sparse.large_file import refuse_large_file
from recovery.measurements import Measurements, read_measurements


def draw_cells(
    table: AffinityTable | str | Path | pd.DataFrame, count: int, *, seed: int = 0
) -> pd.DataFrame:
    """Draw cells to measure, uniformly at random from those that are not measured.

    Args:
        table: the matrix, as :func:`recovery.recover.recover` takes it.
        count: number of cells, at least 1.
        seed: seed of the draw.

    Returns:
        A row per cell, by source and target: ``source``, ``target``, and ``value``, to be filled in.

    Raises:
        UserError: if fewer cells are unmeasured, or for a mistake in a file.

    >>> matrix = pd.DataFrame({"b": [.1, .2, .3, None], "c": [.4, .1, None, .2]}, index=[*"adef"])
    >>> draw_cells(matrix, 1)
      source target  value
    0      f      b    NaN
    """
    refuse_large_file(table, fix="cells are drawn from matrices: write a part of it, or its wide form")
    measurements = read_measurements(table)
    places = np.argwhere(measurements.unmeasured)
    if not 1 <= count <= len(places):
        raise UserError(
            f"{count} cells cannot be drawn: {len(places)} transfers of {shown(measurements.table.name)} are "
            "not measured; draw at least 1, and fewer than those to leave some to recover"
        )
    chosen = np.sort(np.random.default_rng(seed).choice(len(places), size=count, replace=False))
    names = np.array(measurements.table.task_names, dtype=object)
    sources, targets = names[places[chosen].T]
    return pd.DataFrame({"source": sources, "target": targets, "value": np.full(count, np.nan)})


def with_drawn(measurements: Measurements, drawn: str | Path | pd.DataFrame) -> Measurements:
    """Add cells that were drawn and measured; they calibrate intervals and are kept from the models.

    Args:
        measurements: the matrix.
        drawn: what :func:`draw_cells` returned, or a file of it, with every value filled in. A cell may stand
            in the matrix as well, with the same value.

    Returns:
        The matrix with these cells.

    Raises:
        UserError: for a mistake in the list, such as a value that is missing: leaving out what failed would
            make the rest no random draw any more.
    """
    grid = frame_grid(drawn) if isinstance(drawn, pd.DataFrame) else read_grid(Path(drawn))
    table = measurements.table
    index = {name: number for number, name in enumerate(table.task_names)}
    value, mask = table.value.copy(), np.zeros_like(table.eligible)
    for row, source, target, number in _rows(grid):
        names = f"row {row} ({shown(source)} -> {shown(target)})"
        if source not in index or target not in index or not table.eligible[index[source], index[target]]:
            raise refusal(
                grid.path,
                f"{names} is no transfer of {shown(table.name)}",
                fix="Pass the list back as --draw wrote it, for the same matrix.",
            )
        place = index[source], index[target]
        if mask[place]:
            raise refusal(grid.path, f"{names} stands there twice", fix="Keep one row per cell.")
        affinity = -number if measurements.lower_is_better else number
        if np.isfinite(value[place]) and value[place] != affinity:
            raise refusal(
                grid.path,
                f"{names} has the value {number!r}, and another in the matrix",
                fix="Delete it from the matrix: drawn cells are not fitted.",
            )
        value[place], mask[place] = affinity, True
    fitted = value[table.eligible & np.isfinite(value) & ~mask]
    if not fitted.size or fitted.min() == fitted.max():
        raise refusal(
            grid.path,
            "without these cells, the matrix has no two different values to learn from",
            fix="Measure other cells as well, of your choice.",
        )
    return replace(measurements, table=replace(table, value=value), drawn=mask)


def _rows(grid: Grid) -> list[tuple[int, str, str, float]]:
    """Row number, source, target and value of each row."""
    if sorted(grid.header) != sorted(LONG_COLUMNS):
        raise refusal(
            grid.path,
            f"a list of drawn cells has the columns source, target and value, not {some(grid.header)}",
            fix="Pass the list back as --draw wrote it, with the values filled in.",
        )
    at = {name: grid.header.index(name) for name in LONG_COLUMNS}
    found = []
    for number, cells in grid.rows:
        source, target = (
            read_name(cells[at[side]], path=grid.path, place=f"row {number}, column {side!r}")
            for side in ("source", "target")
        )
        if cells[at["value"]] in (None, "") or cells[at["value"]] != cells[at["value"]]:
            raise refusal(
                grid.path,
                f"row {number} ({shown(source)} -> {shown(target)}) has no value",
                fix="Measure all of the drawn cells: without those that are hard to measure, the others are "
                "no random draw, and nothing is guaranteed.",
            )
        value = read_number(
            cells[at["value"]],
            path=grid.path,
            row=number,
            names=(source, target),
            column="value",
            required=True,
        )
        found.append((number, source, target, value))
    return found
