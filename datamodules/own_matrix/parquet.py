"""Reading a user's Parquet file as rows of cells: text and plain numbers only, so nothing is unpickled."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from datamodules.errors import UserError
from datamodules.own_matrix.cells import FileCell, FileRow, refusal, shown


def parquet_records(path: Path, data: bytes, *, max_cells: int) -> Iterator[FileRow]:
    """The rows of a Parquet file, header first.

    A text index stored by pandas becomes the first column, as in a CSV written by pandas; a numeric index is
    dropped. The levels of an index of several, as of a long table, are columns.

    Args:
        path: the file, for messages.
        data: contents of the file.
        max_cells: maximum number of cells to unpack.

    Yields:
        The header, then the rows in the file's order.

    Raises:
        UserError: for a damaged file, more than ``max_cells`` cells, a header of several levels, or a column
            that is neither text nor numeric.
    """
    # Which exceptions the decoder raises for a damaged file is undocumented; it is always the file's fault.
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        cells = file.metadata.num_rows * len(file.schema_arrow)
    except Exception as error:
        raise damaged(path, error) from None
    if cells > max_cells:
        raise refusal(
            path,
            f"the table has {cells:,} cells, but the limit is {max_cells:,}",
            fix="Provide only the affinity matrix.",
        )
    try:
        stored = file.read()
        levels = len((stored.schema.pandas_metadata or {}).get("column_indexes", []))
        table = _index_first(stored)
        table.validate(full=True)
        odd = [(column.name, column.type) for column in table.schema if not _is_plain(column.type)]
        columns = [] if odd else [column.to_pylist() for column in table.columns]
    except Exception as error:
        raise damaged(path, error) from None
    if levels > 1:
        raise refusal(
            path,
            f"its header has {levels} levels (a MultiIndex of pandas), but a target has one name",
            fix="Join the levels to one name before writing.",
        )
    if odd:
        raise refusal(
            path,
            f"column {shown(odd[0][0])} holds {_escaped(odd[0][1])}, but only text and numbers are read",
            fix="Convert the column, or leave it out.",
        )
    yield FileRow(1, table.column_names)
    for number, row in enumerate(zip(*columns, strict=True), start=2):
        yield FileRow(number, [_cell(value) for value in row])


def _cell(value: Any) -> FileCell:
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    return None if math.isnan(number) else number


def damaged(path: Path, error: Exception) -> UserError:
    """The error for a file that the decoder refuses.

    Args:
        path: the file.
        error: what the decoder raised.

    Returns:
        The exception, for the caller to raise.
    """
    return refusal(
        path, f"the Parquet file is damaged or truncated ({_escaped(error)})", fix="Write it again."
    )


def _escaped(words: object) -> str:
    """Text that may quote the file, on one line, truncated, with control characters escaped."""
    return repr(" ".join(str(words).split())[:100])[1:-1]


def _index_first(table: Any) -> Any:
    """Move pandas' index, stored in the last columns, to the front; drop a single one of numbers."""
    stored = (table.schema.pandas_metadata or {}).get("index_columns", [])
    is_index = [column.name in stored for column in table.schema]
    index = [i for i, is_one in enumerate(is_index) if is_one]
    if len(index) == 1 and not is_text(table.schema.field(index[0]).type):
        index = []
    return table.select(index + [i for i, is_one in enumerate(is_index) if not is_one])


def _is_plain(kind: Any) -> bool:
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return is_text(kind) or is_number or pa.types.is_null(kind)


def is_text(kind: Any) -> bool:
    """Whether a column's type is text, dictionary-encoded or not."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
