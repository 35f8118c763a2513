"""Reading a user's file as rows of cells, or refusing it with one message that says why."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datamodules.own_matrix.cells import FileRow, refusal, shown
from datamodules.own_matrix.file_kinds import kind_of
from datamodules.own_matrix.parquet import parquet_records
from datamodules.own_matrix.text_file import (
    SEPARATORS,
    has_spaces_after,
    separator_of,
    text_of,
    text_records,
    unzipped,
    with_decimal_points,
)
from datamodules.own_matrix.workbook import workbook_records

MAX_BYTES = 2**30
# Limited in addition to bytes: a small compressed file can unpack to more than fits into memory.
MAX_CELLS = 10**8

ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Grid:
    """The cells of a file, not yet parsed.

    Attributes:
        path: the file.
        header: names of the columns, at least two, without white space around them.
        rows: the rows below the header; each is as long as the header.
        remarks: what a reader should know about how the file was taken apart.
    """

    path: Path
    header: tuple[str, ...]
    rows: list[FileRow]
    remarks: tuple[str, ...] = ()


def ending_of(path: Path) -> str:
    """The ending that says what a file is, in lower case: both parts of ``.csv.gz``.

    >>> ending_of(Path("v1.2/m.CSV.gz")), ending_of(Path("m.2.tsv")), ending_of(Path(".csv"))
    ('.csv.gz', '.tsv', '')
    """
    last = path.suffix.lower()
    return Path(path.stem).suffix.lower() + last if last == ".gz" else last


def name_of(path: Path) -> str:
    """The name of a file without the ending that :func:`ending_of` finds.

    >>> name_of(Path("data/m.csv.gz")), name_of(Path("v1.2.csv"))
    ('m', 'v1.2')
    """
    return path.name[: len(path.name) - len(ending_of(path))]


def read_grid(path: Path, *, may_be_empty: bool = False) -> Grid:
    """Read a file of one of :data:`ENDINGS`; blank lines are skipped.

    A text file is UTF-8; its cells are separated by commas or, if those give no table, by semicolons or tabs,
    and then numbers may have a decimal comma.

    Args:
        path: the file.
        may_be_empty: there need be no rows below the header.

    Returns:
        The header and the rows.

    Raises:
        UserError: for a file that is missing, empty, too large, damaged or of another kind, for fewer than
            two columns, no rows, or rows of different lengths.
    """
    grid = _read(path.expanduser())
    if not grid.rows and not may_be_empty:
        raise refusal(grid.path, "there are no rows below the header", fix="Add what was measured.")
    return grid


def _read(path: Path) -> Grid:
    _check_file(path)
    ending = ending_of(path)
    if ending not in ENDINGS:
        raise refusal(
            path,
            f"a table is read from {', '.join(ENDINGS)}, but this file ends in {ending!r}",
            fix="Export it as one of these.",
        )
    data = _read_bytes(path)
    if ending.endswith(".gz"):
        data = unzipped(path, data, max_bytes=MAX_BYTES)
    if not data:
        raise refusal(path, "the file is empty", fix="A table needs a header and rows below it.")
    if ending == ".parquet":
        return _checked(path, _parquet(path, data))
    if ending == ".xlsx":
        records, sheet = workbook_records(path, data, max_bytes=MAX_BYTES)
        return _checked(path, records, remarks=(sheet,))
    return _read_text(path, data, separator="\t" if ending.startswith(".tsv") else None)


def _read_text(path: Path, data: bytes, *, separator: str | None) -> Grid:
    text = text_of(path, data)
    separator = separator or separator_of(text)
    remarks = [] if separator == "," else [f"cells are separated by {SEPARATORS[separator]}"]
    if has_spaces_after(separator, text):
        remarks.append(f"spaces after {SEPARATORS[separator]} are left out")
    grid = _checked(path, text_records(path, text, separator=separator))
    pointed = None if separator == "," or not grid.rows else with_decimal_points(path, grid.rows)
    if pointed is not None:
        remarks.append("numbers have a decimal comma")
    return Grid(path, grid.header, pointed or grid.rows, tuple(remarks))


def _parquet(path: Path, data: bytes) -> Iterator[FileRow]:
    if data.startswith(b"PAR1"):
        return parquet_records(path, data, max_cells=MAX_CELLS)
    raise refusal(
        path,
        f"this is not a Parquet file but {kind_of(data)}",
        fix="If it is text, rename it to end in .csv; otherwise export it as Parquet.",
    )


def _checked(path: Path, records: Iterator[FileRow], *, remarks: tuple[str, ...] = ()) -> Grid:
    """The header and the rows below it, if they are a table."""
    header = tuple("" if cell is None else str(cell).strip() for cell in next(records, FileRow(1, [])).cells)
    if not header:
        raise refusal(path, "the file is empty", fix="A table needs a header and rows below it.")
    if len(header) < 2:
        raise refusal(
            path,
            f"the header has one column, {shown(header[0])}, but a table needs at least two",
            fix="Separate cells by commas, semicolons or tabs.",
        )
    return Grid(path, header, list(_even_rows(path, len(header), records)), remarks)


def _even_rows(path: Path, width: int, records: Iterator[FileRow]) -> Iterator[FileRow]:
    for count, row in enumerate(records, start=1):
        if len(row.cells) != width:
            raise refusal(
                path,
                f"row {row.number} ({shown(row.cells[0])}) has {len(row.cells)} cells, but the header "
                f"has {width}",
                fix="Give every row one cell per column, and quote names that contain a comma.",
            )
        if count * width > MAX_CELLS:
            raise refusal(
                path, f"the table has more than {MAX_CELLS:,} cells", fix="Provide only the affinity matrix."
            )
        yield row


def _check_file(path: Path) -> None:
    """Refuse anything but a regular file of acceptable size, before reading it."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise refusal(path, "there is no such file", fix="Check the path.") from None
    except (OSError, ValueError) as error:
        raise refusal(path, f"the file cannot be opened ({error})", fix="Check the path.") from None
    if stat.S_ISDIR(status.st_mode):
        raise refusal(path, "this is a folder", fix="Name the .csv or .parquet file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise refusal(path, "this is not a regular file", fix="Save the table to a .csv or .parquet file.")
    if status.st_size > MAX_BYTES:
        raise refusal(
            path,
            f"the file has {status.st_size:,} bytes, but the limit is {MAX_BYTES:,}",
            fix="Provide only the affinity matrix.",
        )


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise refusal(path, f"the file cannot be opened ({error})", fix="Check its permissions.") from None
