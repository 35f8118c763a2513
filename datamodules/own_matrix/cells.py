"""Parsing one cell of a user's file as a name, a number or a blank; and wording the message for a mistake."""

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from datamodules.errors import UserError

FileCell = str | float | None

# What people and programs write for "not measured"; a name may be any of these.
BLANKS = frozenset(
    {"", "na", "n/a", "#n/a", "<na>", "null", "none", "missing", "-", "--", "–", "—", ".", "?"}
)
MINUS_SIGN = "\u2212"
# float() alone would also accept 1_000 and digits of other scripts
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_NAN = re.compile(r"[+-]?nan", re.IGNORECASE)
_INFINITY = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


class FileRow(NamedTuple):
    """One row of a file.

    Attributes:
        number: row number, counted from 1 as in a spreadsheet; the header of a Parquet file counts as row 1.
        cells: the cells of the row.
    """

    number: int
    cells: list[FileCell]


def refusal(where: object, what: str, *, fix: str) -> UserError:
    """The error for a mistake in a user's file.

    Args:
        where: the file or dataset.
        what: the place in it, what is wrong there and what was found.
        fix: how to correct it.

    Returns:
        The exception, for the caller to raise.

    >>> str(refusal("m.csv", "the file is empty", fix="Bring a table."))
    'm.csv: the file is empty. Bring a table.'
    """
    return UserError(f"{where}: {what}. {fix}")


def shown(cell: FileCell) -> str:
    """A cell as shown in messages: quoted, with control characters escaped, and truncated.

    >>> shown("a" * 99)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    if isinstance(cell, str):
        return repr(cell if len(cell) <= 40 else cell[:39] + "…")
    return "a blank" if cell is None else f"the number {cell!r}"


def some(names: Sequence[str]) -> str:
    """The first five names, and the number of others.

    >>> some(["a", "b", "c", "d", "e", "f", "g"])
    "'a', 'b', 'c', 'd', 'e' and 2 more"
    """
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(shown, names[:5])) + more


def read_name(cell: FileCell, *, path: Path, place: str) -> str:
    """Read a cell that must be a name; it is kept as it is, without the white space around it.

    Args:
        cell: the cell.
        path: the file.
        place: position in the file, for the message.

    Returns:
        The name.

    Raises:
        UserError: if the cell is blank, or a number (in a Parquet file).
    """
    if isinstance(cell, float):
        raise refusal(path, f"{place}: the name is {shown(cell)}", fix="Store names as text, not as numbers.")
    if cell is None or not cell.strip():
        raise refusal(path, f"{place}: the name is empty", fix="Name it, or delete the whole row or column.")
    return cell.strip()


def read_names(
    cells: Iterable[tuple[int, FileCell]], *, path: Path, side: Literal["row", "column"]
) -> dict[str, int]:
    """Read the names of rows or columns, which must be unique.

    Args:
        cells: pairs of row or column number and the cell with its name.
        path: the file.
        side: whether these are names of rows or of columns.

    Returns:
        Name -> row or column number, in the order of the cells.

    Raises:
        UserError: for a name that is blank, a number or a duplicate.
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
    cell: FileCell,
    *,
    path: Path,
    row: int,
    names: tuple[str, ...],
    column: str,
    required: bool = False,
    instead: str = "",
) -> float:
    """Read a cell that must be a number or, unless it is required, NaN or one of :data:`BLANKS`.

    Args:
        cell: the cell.
        path: the file.
        row: number of the row.
        names: names that identify the row, for the message.
        column: name of the column.
        required: refuse blanks and NaN.
        instead: what else may be written, for the message.

    Returns:
        The number; NaN for a blank.

    Raises:
        UserError: for anything else, including infinities and numbers too large for float64.
    """
    number = _parse(cell)
    if number is not None and not math.isinf(number) and not (required and math.isnan(number)):
        return number
    problem = "infinite" if number is not None and math.isinf(number) else "not a number"
    instead = instead or ("" if required else ", or leave the cell blank")
    raise refusal(
        path,
        f"row {row} ({' -> '.join(map(shown, names))}), column {shown(column)}: {shown(cell)} is {problem}",
        fix=f"Write a finite number such as 0.83, with a decimal point{instead}.",
    )


def is_blank(text: str) -> bool:
    """Whether text stands for "not measured".

    >>> [is_blank(text) for text in ("", " N/A", "NaN", "0")]
    [True, True, True, False]
    """
    text = text.strip()
    return text.casefold() in BLANKS or bool(_NAN.fullmatch(text))


def is_number(cell: FileCell) -> bool:
    """Whether a cell is a number, or text that is one.

    >>> is_number("1e-3"), is_number("001"), is_number("a"), is_number("")
    (True, True, False, False)
    """
    number = _parse(cell)
    return number is not None and not math.isnan(number)


def _parse(cell: FileCell) -> float | None:
    """The cell's number; NaN for a blank, None for anything else."""
    if not isinstance(cell, str):
        return math.nan if cell is None else cell
    if is_blank(cell):
        return math.nan
    text = cell.strip().replace(MINUS_SIGN, "-")
    return float(text) if NUMBER.fullmatch(text) or _INFINITY.fullmatch(text) else None
