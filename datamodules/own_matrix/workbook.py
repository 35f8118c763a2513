"""Reading the first sheet of a user's Excel workbook as rows of cells."""

import importlib.util
import io
import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from datamodules.errors import UserError
from datamodules.own_matrix.cells import FileCell, FileRow, refusal, shown


def workbook_records(path: Path, data: bytes, *, max_bytes: int) -> tuple[Iterator[FileRow], str]:
    """The non-blank rows of the first sheet, header first.

    Args:
        path: the file, for messages.
        data: its contents.
        max_bytes: how much the workbook may unpack to.

    Returns:
        The rows, and a remark on which sheet they are from.

    Raises:
        UserError: without the extra ``excel``, for a damaged or too large workbook, and, while the rows are
            read, for a date, a truth value, an error or a formula that was never computed.
    """
    if importlib.util.find_spec("openpyxl") is None:
        raise refusal(
            path,
            "an Excel workbook is read with openpyxl, which is not installed",
            fix="Install it with `pip install 'affinity-bench[excel]'`, or export the sheet as CSV.",
        )
    import openpyxl  # an extra, and a second to import

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > max_bytes:
            raise refusal(
                path,
                f"it unpacks to {size:,} bytes, but the limit is {max_bytes:,}",
                fix="Provide only the affinity matrix.",
            )
        books = [
            openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=computed)
            for computed in (True, False)
        ]
        sheets = books[0].sheetnames
        values, formulas = (book[sheets[0]].iter_rows(values_only=True) for book in books)
    except UserError:
        raise
    except Exception as error:  # which exceptions a damaged archive raises is undocumented
        reason = repr(str(error)[:100])[1:-1]
        raise refusal(path, f"the workbook is damaged ({reason})", fix="Save it again.") from None
    remark = f"sheet {shown(sheets[0])}" + (f", the first of {len(sheets)}" if len(sheets) > 1 else "")
    return _rows(path, values, formulas), remark


def _rows(path: Path, values: Iterator[Any], formulas: Iterator[Any]) -> Iterator[FileRow]:
    """The rows up to the last filled column of the header."""
    width = 0
    for number, (row, written) in enumerate(zip_longest(values, formulas, fillvalue=()), start=1):
        cells = [_cell(path, number, *pair) for pair in zip_longest(row, written)]
        while cells and cells[-1] is None and len(cells) > width:
            cells.pop()
        if all(cell is None for cell in cells):
            continue
        width = width or len(cells)
        yield FileRow(number, cells + [None] * (width - len(cells)))


def _cell(path: Path, row: int, value: Any, formula: Any) -> FileCell:
    if value is None and isinstance(formula, str) and formula.startswith("="):
        raise refusal(
            path,
            f"row {row}: the formula {shown(formula)} has no value",
            fix="Open the workbook, let it compute, and save it; or export the sheet as CSV.",
        )
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal(
            path, f"row {row}: {value!r} is neither text nor a number", fix="Write it as text or as a number."
        )
    return float(value)
