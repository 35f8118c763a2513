"""A user's CSV or Parquet file as rows of cells, or one message that says why it cannot be read.

Text stays text: no cell becomes a number, a date or "missing" here, so names such as ``001`` and ``NA``
survive.
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
# Counted beside the bytes: a small compressed file can unpack to more than memory holds.
MAX_CELLS = 10**8

# The files that get renamed by mistake
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
    """A file's cells, before they mean anything.

    Attributes:
        path: where it was read from.
        header: the columns' names, at least two.
        rows: what stands below the header, at least one row; every row is as long as the header.
    """

    path: Path
    header: tuple[str, ...]
    rows: list[FileRow]


def read_grid(path: Path) -> Grid:
    """Read a file whose kind its ending says: ``.csv`` (UTF-8, commas) or ``.parquet``.

    Blank lines of a CSV are skipped.

    Args:
        path: the file.

    Returns:
        Its header and rows.

    Raises:
        UserError: for a missing, empty, too large or damaged file, one of another kind, fewer than two
            columns, no rows, or rows of different lengths.
    """
    _check_file(path)
    ending = path.suffix.lower()
    if ending not in (".csv", ".parquet"):
        raise refusal(
            path,
            f"a table is read from .csv or .parquet, and this file ends in {ending!r}",
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
            fix="If it is text, let its name end in .csv; else export it as Parquet.",
        )
    header = tuple(map(str, next(records, FileRow(1, [])).cells))
    if not header:
        raise refusal(path, "the file is empty", fix="A table needs a header and rows below it.")
    if len(header) < 2:
        raise refusal(
            path,
            f"the header has one column, {shown(header[0])}, and a table needs at least two",
            fix="Separate cells by commas, not by semicolons or tabs.",
        )
    rows = list(_even_rows(path, len(header), records))
    if not rows:
        raise refusal(path, "there is no row below the header", fix="Add what was measured.")
    return Grid(path, header, rows)


def _even_rows(path: Path, width: int, records: Iterator[FileRow]) -> Iterator[FileRow]:
    for count, row in enumerate(records, start=1):
        if len(row.cells) != width:
            raise refusal(
                path,
                f"row {row.number} ({shown(row.cells[0])}) has {len(row.cells)} cells and the header {width}",
                fix="Give every row one cell a column, and put names that hold a comma in double quotes.",
            )
        if count * width > MAX_CELLS:
            raise refusal(
                path, f"the table has more than {MAX_CELLS:,} cells", fix="Bring the affinity matrix alone."
            )
        yield row


def _check_file(path: Path) -> None:
    """Refuse what is not a file, and a size that should not be read, before a byte is."""
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
            f"the file has {status.st_size:,} bytes, and the limit is {MAX_BYTES:,}",
            fix="Bring the affinity matrix alone.",
        )


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise refusal(path, f"the file cannot be opened ({error})", fix="Check its permissions.") from None


def _csv_records(path: Path, data: bytes) -> Iterator[FileRow]:
    """Rows of a CSV that are not blank, the header first."""
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
            fix='Close every double quote, and write a quote inside a quoted cell twice, as in "a ""b""".',
        ) from None


def _kind_of(data: bytes) -> str:
    kinds = (kind for magic, kind in _KINDS.items() if data.startswith(magic))
    return next(kinds, "a file of another kind or encoding")
