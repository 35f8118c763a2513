"""The two forms of a user's matrix, wide and long, as one block of measured transfers."""

from dataclasses import replace

import numpy as np

from datamodules.own_matrix.alike import check_not_alike
from datamodules.own_matrix.block import Block, check_count, remarks_on
from datamodules.own_matrix.cells import read_names, read_number, refusal, some
from datamodules.own_matrix.columns import LONG_COLUMNS, RUN_COLUMNS, LongColumns
from datamodules.own_matrix.grid import Grid
from datamodules.own_matrix.long_table import read_long
from datamodules.own_matrix.misreadings import check_is_wide, check_no_summaries, is_row_numbers


def read_block(grid: Grid, *, columns: LongColumns | None = None, transpose: bool = False) -> Block:
    """Read either form: long if ``columns`` says so or the columns are source, target and value, else wide.

    The long form may have a column ``seed`` or ``replicate`` more.

    Args:
        grid: the file's cells.
        columns: the columns of a long table; others are left out. None to recognise the form.
        transpose: the rows of a wide table are targets, its columns sources.

    Returns:
        What was measured.

    Raises:
        UserError: for columns that are almost those of the long form, a table that would be misread (see
            :mod:`datamodules.own_matrix.misreadings`), names that are empty, stand twice or look alike, a
            pair that stands twice without a seed or with the same one, a cell that is not a number, or too
            many tasks.
    """
    grid = grid if columns else _without_index_of_long(grid)
    columns = columns or _recognised(grid)
    if columns and transpose:
        raise refusal(
            grid.path,
            "only a wide table can be transposed, and this one is long",
            fix="Swap source and target in --columns, or in the header.",
        )
    block = read_long(grid, columns) if columns else _read_wide(grid)
    check_no_summaries(block.sources, block.targets, path=grid.path)
    check_not_alike(block.sources + block.targets, path=grid.path)
    block = replace(block, remarks=(*grid.remarks, *block.remarks))
    if not transpose:
        return block
    remarks = (*block.remarks, "transposed: rows are targets")
    return replace(block, sources=block.targets, targets=block.sources, value=block.value.T, remarks=remarks)


def _without_index_of_long(grid: Grid) -> Grid:
    """Leave out the index that pandas writes before the columns of a long table."""
    header, first = grid.header, [row.cells[0] for row in grid.rows]
    is_index = header[0] in ("", "Unnamed: 0") and set(LONG_COLUMNS) <= set(header) and is_row_numbers(first)
    if not is_index:
        return grid
    rows = [row._replace(cells=row.cells[1:]) for row in grid.rows]
    return replace(grid, header=header[1:], rows=rows, remarks=(*grid.remarks, "pandas' index is left out"))


def _recognised(grid: Grid) -> LongColumns | None:
    """The columns of the long form under their own names; None for the wide form."""
    for run_column in (None, *RUN_COLUMNS):
        if sorted(grid.header) == sorted(filter(None, (*LONG_COLUMNS, run_column))):
            return LongColumns(run=run_column)
    # Read as wide, a long table with a column too many, too few or misspelt would get a puzzling message.
    if {"source", "target"} <= {name.casefold() for name in grid.header}:
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
            fix="Rename, add or delete columns, or say which to read: --columns source=…,target=…,value=….",
        )
    return None


def _read_wide(grid: Grid) -> Block:
    """First column = names of the sources, header = names of the targets."""
    check_is_wide(grid)
    targets = read_names(enumerate(grid.header[1:], start=2), path=grid.path, side="column")
    sources = read_names(((row.number, row.cells[0]) for row in grid.rows), path=grid.path, side="row")
    check_count(grid.path, [*sources], [*targets])
    value = np.empty((len(sources), len(targets)))
    for i, (source, row) in enumerate(zip(sources, grid.rows, strict=True)):
        value[i] = [
            read_number(cell, path=grid.path, row=row.number, names=(source,), column=target)
            for cell, target in zip(row.cells[1:], targets, strict=True)
        ]
    remarks = remarks_on(
        names=(row.cells[0] for row in grid.rows),
        unmeasured=(grid.rows[i].cells[j + 1] for i, j in np.argwhere(np.isnan(value))),
        figures=(cell for row in grid.rows for cell in row.cells[1:]),
    )
    return Block(tuple(sources), tuple(targets), value, remarks=remarks)
