"""What one cell of a user's file means: a name, a number or nothing; and how a mistake in it is put."""

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from datamodules.errors import UserError

FileCell = str | float | None

# float() alone would also take 1_000 and the digits of other scripts
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_NAN = re.compile(r"[+-]?nan", re.IGNORECASE)
_INFINITY = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


class FileRow(NamedTuple):
    """One row of a file.

    Attributes:
        number: counted from 1 at the top, as a spreadsheet does; Parquet's header counts as row 1.
        cells: what stands in it.
    """

    number: int
    cells: list[FileCell]


def refusal(where: object, what: str, *, fix: str) -> UserError:
    """The error for a mistake in what a user brought, to be raised by the caller.

    Args:
        where: the file, or what it became.
        what: the place inside it, what is wrong there and what was found.
        fix: what to do about it.

    Returns:
        The exception.

    >>> str(refusal("m.csv", "the file is empty", fix="Bring a table."))
    'm.csv: the file is empty. Bring a table.'
    """
    return UserError(f"{where}: {what}. {fix}")


def shown(cell: FileCell) -> str:
    """A cell as messages print it: quoted, control characters escaped, cut to a readable length.

    >>> shown("a" * 99)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    if isinstance(cell, str):
        return repr(cell if len(cell) <= 40 else cell[:39] + "…")
    return "a blank" if cell is None else f"the number {cell!r}"


def some(names: Sequence[str]) -> str:
    """At most five names, and how many more there are.

    >>> some(["a", "b", "c", "d", "e", "f", "g"])
    "'a', 'b', 'c', 'd', 'e' and 2 more"
    """
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(shown, names[:5])) + more


def read_name(cell: FileCell, *, path: Path, place: str) -> str:
    """A cell that must be a name; it is kept as it is, spaces included.

    Args:
        cell: the cell.
        path: the file.
        place: where in the file, for the message.

    Returns:
        The name.

    Raises:
        UserError: for an empty name, or a number of a Parquet file.
    """
    if isinstance(cell, float):
        raise refusal(path, f"{place}: the name is {shown(cell)}", fix="Store names as text, not as numbers.")
    if cell is None or not cell.strip():
        raise refusal(path, f"{place}: the name is empty", fix="Name it, or delete the whole row or column.")
    return cell


def read_names(
    cells: Iterable[tuple[int, FileCell]], *, path: Path, side: Literal["row", "column"]
) -> dict[str, int]:
    """The names of rows or columns, none of which may stand twice.

    Args:
        cells: number of the row or column, and the cell that names it.
        path: the file.
        side: what they are the names of.

    Returns:
        The number of each name, in the cells' order.

    Raises:
        UserError: for a name that is empty, a number or there already.
    """
    found: dict[str, int] = {}
    for number, cell in cells:
        name = read_name(cell, path=path, place=f"{side} {number}")
        if name in found:
            raise refusal(
                path,
                f"the same name twice: {side}s {found[name]} and {number} are both {shown(name)}",
                fix="Rename or delete one.",
            )
        found[name] = number
    return found


def read_number(
    cell: FileCell, *, path: Path, row: int, names: tuple[str, ...], column: str, required: bool = False
) -> float:
    """A cell that must be a number or, unless it is required, blank or NaN.

    Args:
        cell: the cell.
        path: the file.
        row: the row's number.
        names: the names that the row goes by.
        column: the column's name.
        required: refuse a blank and NaN.

    Returns:
        The number; NaN for a blank.

    Raises:
        UserError: for anything else, infinities and numbers too large for 64 bits included.
    """
    number = _parse(cell)
    if number is not None and not math.isinf(number) and not (required and math.isnan(number)):
        return number
    problem = "infinite" if number is not None and math.isinf(number) else "not a number"
    instead = "; only name, group and kind are text" if required else ", or leave the cell blank"
    raise refusal(
        path,
        f"row {row} ({' -> '.join(map(shown, names))}), column {shown(column)}: {shown(cell)} is {problem}",
        fix=f"Write a finite number such as 0.83, with a decimal point{instead}.",
    )


def _parse(cell: FileCell) -> float | None:
    """The cell's number, NaN for nothing measured, None for what is neither."""
    if not isinstance(cell, str):
        return math.nan if cell is None else cell
    text = cell.strip()
    if not text or _NAN.fullmatch(text):
        return math.nan
    return float(text) if _NUMBER.fullmatch(text) or _INFINITY.fullmatch(text) else None
