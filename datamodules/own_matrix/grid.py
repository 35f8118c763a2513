"""Reading a user's CSV or Parquet file as rows of cells, or refusing it with one message that says why.

Text stays text: no cell is converted to a number, a date or a missing value here, so names such as ``001``
and ``NA`` survive.
"""

import csv
import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datamodules.own_matrix.cells import FileRow, refusal, shown
from datamodules.own_matrix.parquet import parquet_records

MAX_BYTES = 2**30
# Limited in addition to bytes: a small compressed file can unpack to more than fits into memory.
MAX_CELLS = 10**8

# Magic bytes of files that users rename to .csv or .parquet by mistake.
_KINDS = {
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


@dataclass(frozen=True)
class Grid:
    """The cells of a file, not yet parsed.

    Attributes:
        path: the file.
        header: names of the columns, at least two.
        rows: the rows below the header, at least one; each is as long as the header.
    """

    path: Path
    header: tuple[str, ...]
    rows: list[FileRow]


def read_grid(path: Path) -> Grid:
    """Read a ``.csv`` (UTF-8, comma-separated) or ``.parquet`` file, as its ending says.

    Blank lines of a CSV are skipped.

    Args:
        path: the file.

    Returns:
        The header and the rows.

    Raises:
        UserError: for a file that is missing, empty, too large, damaged or of another kind, for fewer than
            two columns, no rows, or rows of different lengths.
    """
    _check_file(path)
    ending = path.suffix.lower()
    if ending not in (".csv", ".parquet"):
        raise refusal(
            path,
            f"a table is read from .csv or .parquet, but this file ends in {ending!r}",
            fix="Export it as one of these.",
        )
    data = _read_bytes(path)
    if not data:
        raise refusal(path, "the file is empty", fix="A table needs a header and rows below it.")
    if ending == ".csv":
        records = _csv_records(path, data)
    elif data.startswith(b"PAR1"):
        records = parquet_records(path, data, max_cells=MAX_CELLS)
    else:
        raise refusal(
            path,
            f"this is not a Parquet file but {_kind_of(data)}",
            fix="If it is text, rename it to end in .csv; otherwise export it as Parquet.",
        )
    header = tuple(map(str, next(records, FileRow(1, [])).cells))
    if not header:
        raise refusal(path, "the file is empty", fix="A table needs a header and rows below it.")
    if len(header) < 2:
        raise refusal(
            path,
            f"the header has one column, {shown(header[0])}, but a table needs at least two",
            fix="Separate cells by commas, not by semicolons or tabs.",
        )
    rows = list(_even_rows(path, len(header), records))
    if not rows:
        raise refusal(path, "there are no rows below the header", fix="Add what was measured.")
    return Grid(path, header, rows)


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


def _csv_records(path: Path, data: bytes) -> Iterator[FileRow]:
    """The non-blank rows of a CSV, header first."""
    if 0 in data:
        raise refusal(
            path, f"this is not UTF-8 text but {_kind_of(data)}", fix="Export the table as CSV in UTF-8."
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refusal(
            path,
            f"line {line} is not UTF-8 text (byte 0x{data[error.start]:02x}); this may be {_kind_of(data)}",
            fix="Export the table as CSV in UTF-8.",
        ) from None
    # newline="" leaves line breaks inside quoted names as they are
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                yield FileRow(number, [*cells])
    except csv.Error as error:
        raise refusal(
            path,
            f"row {number + 1} is not valid CSV ({error})",
            fix='Close every double quote, and double a quote inside a quoted cell, as in "a ""b""".',
        ) from None


def _kind_of(data: bytes) -> str:
    kinds = (kind for magic, kind in _KINDS.items() if data.startswith(magic))
    return next(kinds, "a file of another kind or encoding")
