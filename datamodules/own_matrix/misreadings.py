"""Files that would be read as a wide matrix without complaint, but mean something else."""

from collections.abc import Sequence
from pathlib import Path

from datamodules.own_matrix.cells import FileCell, FileRow, is_number, refusal, shown, some
from datamodules.own_matrix.grid import Grid

# What spreadsheets and pandas append to a table; a task of this name that is not on both sides is none.
SUMMARIES = frozenset(
    [
        "avg",
        "average",
        "mean",
        "median",
        "sum",
        "total",
        "std",
        "stdev",
        "min",
        "max",
        "count",
        "variance",
        "var",
    ]
)
# So few columns have a long table with an index, a run or a comment beside source, target and value.
MAX_LONG_COLUMNS = 6
# Rows numbered from 0 or 1; in fewer rows, such figures may be values.
MIN_NUMBERED = 6


def check_is_wide(grid: Grid) -> None:
    """Refuse a grid that only looks like names of sources and targets around numbers.

    Args:
        grid: sources in the first column, targets in the header.

    Raises:
        UserError: for an index of pandas, a second header, a long table under other names, and for numbers
            in place of names.
    """
    _check_no_index(grid)
    _check_not_long(grid)
    _check_names_are_no_numbers(grid)
    _check_no_second_header(grid)


def check_no_summaries(sources: Sequence[str], targets: Sequence[str], *, path: Path) -> None:
    """Refuse averages and the like among the tasks.

    Args:
        sources: names of the sources.
        targets: names of the targets.
        path: the file.

    Raises:
        UserError: for a name such as ``avg`` that is not both a source and a target.
    """
    one_sided = set(sources) ^ set(targets)
    found = [name for name in (*sources, *targets) if name in one_sided and _is_summary(name)]
    if found:
        side = "row" if found[0] in sources else "column"
        raise refusal(
            path,
            f"the {side} {shown(found[0])} looks like a summary of the others, not like a task",
            fix="Delete it; if it is a task, call it something else.",
        )


def is_row_numbers(cells: Sequence[FileCell]) -> bool:
    """Whether a column numbers the rows, from 0 or from 1.

    >>> is_row_numbers(["0", "1", "2"]), is_row_numbers([1.0, 2.0]), is_row_numbers(["0", "2"])
    (True, True, False)
    """
    if not all(is_number(cell) for cell in cells):
        return False
    numbers = [float(cell) for cell in cells if cell is not None and "−" not in str(cell)]
    return any(numbers == [*range(start, start + len(cells))] for start in (0, 1))


def _is_summary(name: str) -> bool:
    return name.casefold().strip(".()") in SUMMARIES


def _column(grid: Grid, i: int) -> list[FileCell]:
    return [row.cells[i] for row in grid.rows]


def _check_no_index(grid: Grid) -> None:
    """Pandas calls an index that was written and read again ``Unnamed: 0``."""
    unnamed = [name for name in grid.header[1:] if name.startswith("Unnamed: ")]
    numbered = len(grid.rows) >= MIN_NUMBERED and is_row_numbers(_column(grid, 1))
    if unnamed or (numbered and len(grid.header) > 2):
        raise refusal(
            grid.path,
            f"column {shown(unnamed[0] if unnamed else grid.header[1])} looks like an index of pandas, not "
            "like a target",
            fix="Delete it; pandas: read with index_col=0 before writing.",
        )


def _check_not_long(grid: Grid) -> None:
    """A table of a few columns with names in two of them, or with the same source again and again."""
    if not 3 <= len(grid.header) <= MAX_LONG_COLUMNS:
        return
    columns = [_column(grid, i) for i in range(len(grid.header))]
    own = [i for i, cells in enumerate(columns) if not (i == 0 and is_row_numbers(cells))]
    if len(own) < 3:
        return
    names = columns[own[0]]
    repeated = len(set(names)) < len(names)
    text = all(isinstance(cell, str) and cell.strip() and not is_number(cell) for cell in columns[own[1]])
    often = len(names) >= MIN_NUMBERED and 2 * len(set(names)) <= len(names)
    if not often and not (text and (repeated or len(own) == 3)):
        return
    at_value = next((i for i in own[2:] if all(map(is_number, columns[i]))), own[-1])
    source, target, value = (shown(grid.header[i])[1:-1] for i in (*own[:2], at_value))
    raise refusal(
        grid.path,
        f"this looks like a long table, one transfer a row, with the columns {some(grid.header)}",
        fix="Call them source, target and value, or say which is which: "
        f"--columns 'source={source},target={target},value={value}'.",
    )


def _check_names_are_no_numbers(grid: Grid) -> None:
    """Numbers in place of names, unless the same ones stand on both sides."""
    sources = [str(cell).strip() for cell in _column(grid, 0)]
    targets = grid.header[1:]
    rows, columns = (all(map(is_number, names)) for names in (sources, targets))
    if rows and columns and not set(sources) & set(targets):
        where, missing = "both the header and the first column hold", "names of sources and targets"
    elif rows and not columns:
        where, missing = "the first column holds", "names of the sources"
    elif columns and not rows:
        where, missing = "the header holds", "names of the targets"
    else:
        return
    example = sources if rows else targets
    raise refusal(
        grid.path,
        f"{where} numbers ({some(example[:3])}), not names; {missing} may be missing",
        fix="Add them; if the numbers are names, put a letter before each. A long table needs the columns "
        "source, target and value, or --columns.",
    )


def _check_no_second_header(grid: Grid) -> None:
    """A first row without values above rows with values, or with columns' numbers, is the end of a header."""
    name, *cells = grid.rows[0].cells
    blank = _is_blank(grid.rows[0]) and not all(map(_is_blank, grid.rows))
    numbered = len(cells) >= MIN_NUMBERED and is_row_numbers(cells)
    if (blank or numbered) and str(name).strip() not in grid.header[1:]:
        raise refusal(
            grid.path,
            f"row {grid.rows[0].number} ({shown(name)}) looks like a second header, not like a source",
            fix="Keep one header row; a source of which nothing is measured may stand further down.",
        )


def _is_blank(row: FileRow) -> bool:
    return all(cell is None or not str(cell).strip() for cell in row.cells[1:])
