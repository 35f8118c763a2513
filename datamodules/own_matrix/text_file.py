"""Reading a user's CSV or TSV file, compressed or not, as rows of cells.

Text stays text: no cell is converted to a number, a date or a missing value here, so names such as ``001``
and ``NA`` survive.
"""

import csv
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from datamodules.own_matrix.cells import NUMBER, FileRow, is_blank, refusal, shown
from datamodules.own_matrix.file_kinds import kind_of

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_DECIMAL_COMMA = re.compile(r"[+\-−]?[0-9]*,[0-9]+(e[+\-−]?[0-9]+)?", re.IGNORECASE)


def unzipped(path: Path, data: bytes, *, max_bytes: int) -> bytes:
    """Decompress a gzip file, but never to more than a limit.

    Args:
        path: the file, for messages.
        data: its contents.
        max_bytes: the limit.

    Returns:
        The contents of the file in it.

    Raises:
        UserError: for a damaged file, or too much in it.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = f"the gzip file is damaged or truncated ({error})"
        raise refusal(path, reason, fix="Write it again.") from None
    if len(content) > max_bytes:
        raise refusal(
            path, f"it unpacks to more than {max_bytes:,} bytes", fix="Provide only the affinity matrix."
        )
    return content


def text_of(path: Path, data: bytes) -> str:
    """Decode UTF-8 text, with or without a byte-order mark.

    Args:
        path: the file, for messages.
        data: its contents.

    Returns:
        The text.

    Raises:
        UserError: for any other encoding or kind of file.
    """
    if 0 in data:
        raise refusal(
            path, f"this is not UTF-8 text but {kind_of(data)}", fix="Export the table as CSV in UTF-8."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refusal(
            path,
            f"line {line} is not UTF-8 text (byte 0x{data[error.start]:02x}); this may be {kind_of(data)}",
            fix="Export the table as CSV in UTF-8.",
        ) from None


def separator_of(text: str) -> str:
    r"""What separates the cells: the comma, unless only another one gives a table.

    >>> separator_of(";a;b\nc;1,5;2,5\n"), separator_of(",a;x,b\nc,1,2\n")
    (';', ',')
    """
    widths = {separator: _widths(text, separator) for separator in SEPARATORS}
    tables = [separator for separator, (header, row) in widths.items() if header > 1 and header == row]
    wide = [separator for separator, (header, _) in widths.items() if header > 1]
    return next(iter(tables or wide), ",")


def _widths(text: str, separator: str) -> tuple[int, int]:
    """Number of cells in the header, and in the first row below it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        header, row = (len(cells) for cells in itertools.islice(filter(None, reader), 2))
    except (csv.Error, ValueError):  # no row below the header, or cells without end
        return text.partition("\n")[0].count(separator) + 1, 0
    return header, row


def text_records(path: Path, text: str, *, separator: str) -> Iterator[FileRow]:
    """The non-blank rows of a text file, header first; spaces after a separator are left out.

    Args:
        path: the file, for messages.
        text: its contents.
        separator: one of :data:`SEPARATORS`.

    Yields:
        The rows.

    Raises:
        UserError: for text that is not valid CSV.
    """
    # newline="" leaves line breaks inside quoted names as they are
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t", strict=True)
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


def has_spaces_after(separator: str, text: str) -> bool:
    """Whether spaces follow the separators of the header.

    >>> has_spaces_after(",", ", a, b")
    True
    """
    header = next(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=separator)), [])
    return separator != "\t" and any(cell.startswith(" ") for cell in header)


def with_decimal_points(path: Path, rows: Sequence[FileRow]) -> list[FileRow] | None:
    """Rewrite the numbers of a file that writes them with a decimal comma.

    Args:
        path: the file, for messages.
        rows: the rows below the header, of the same length.

    Returns:
        The rows, with points in the columns in which every number has a comma or is whole; None if there is
        no such column.

    Raises:
        UserError: if decimal points and commas are mixed, since one of them may separate thousands.
    """
    columns = [
        i for i in range(len(rows[0].cells)) if any(_DECIMAL_COMMA.fullmatch(_text(row, i)) for row in rows)
    ]
    columns = [i for i in columns if all(_is_number_or_blank(_text(row, i)) for row in rows)]
    if not columns:
        return None
    for row in rows:
        for i, cell in enumerate(row.cells):
            if "." in str(cell) and NUMBER.fullmatch(_text(row, i)):
                raise refusal(
                    path,
                    f"row {row.number}: {shown(cell)} has a decimal point, but other numbers have a comma",
                    fix="Write all numbers with a decimal point, without separators of thousands.",
                )
    for row in rows:
        for i in columns:
            row.cells[i] = _text(row, i).replace(",", ".")
    return list(rows)


def _text(row: FileRow, column: int) -> str:
    return str(row.cells[column]).strip()


def _is_number_or_blank(text: str) -> bool:
    return bool(is_blank(text) or _DECIMAL_COMMA.fullmatch(text) or NUMBER.fullmatch(text))
