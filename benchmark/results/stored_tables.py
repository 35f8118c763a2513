"""Reading the Parquet files beside a result, which may be anything: checked before a row is decoded."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmark.results.files import table_path
from benchmark.results.untrusted import RefusedFileError, read_regular

SCORES = ("split", "source", "target", "score", "spread")
CURVES = ("epoch", "split", "train_loss", "validation_loss")
NAMES = ("source", "target")
WHOLE = ("split", "epoch")
MAX_BYTES = 2**29
MAX_UNPACKED_BYTES = 2**31
MAX_SCORES = 20_000_000
MAX_CURVE_POINTS = 1_000_000
MAX_FOOTER_BYTES = 2**22


def read_scores(path: Path, *, max_rows: int = MAX_SCORES, columns: Sequence[str] = SCORES) -> pd.DataFrame:
    """Read the scores beside a result.

    Args:
        path: the result's JSON file.
        max_rows: most rows, e.g. as many as the splits have queries.
        columns: those to read.

    Returns:
        Columns ``split`` (int64 ≥ 0), ``source`` and ``target`` (categories), ``score`` and ``spread``
        (float64, finite); at least one row.

    Raises:
        RefusedFileError: if there is no such file, or it is not a table of scores.
    """
    return _read(table_path(path, "scores"), SCORES, columns, max_rows=max_rows, is_fine=np.isfinite)


def read_curves(path: Path) -> pd.DataFrame | None:
    """Read the training curves beside a result.

    Args:
        path: the result's JSON file.

    Returns:
        Columns ``epoch`` and ``split`` (int64 ≥ 0), ``train_loss`` and ``validation_loss`` (float64; NaN
        without validation entries); None if there are none.

    Raises:
        RefusedFileError: if the file is not a table of curves.
    """
    file = table_path(path, "curves")
    if not file.exists() and not file.is_symlink():
        return None
    return _read(file, CURVES, CURVES, max_rows=MAX_CURVE_POINTS, is_fine=lambda numbers: ~np.isinf(numbers))


def _read(
    file: Path,
    expected: Sequence[str],
    columns: Sequence[str],
    *,
    max_rows: int,
    is_fine: Callable[[Any], Any],
) -> pd.DataFrame:
    data = read_regular(file, max_bytes=MAX_BYTES)
    try:
        # Names stay in their dictionary: a long one that stands in every row is held once.
        parquet = pq.ParquetFile(
            pa.BufferReader(data),
            read_dictionary=[name for name in NAMES if name in expected],
            thrift_string_size_limit=MAX_FOOTER_BYTES,
            thrift_container_size_limit=MAX_FOOTER_BYTES,
        )
        problem = _schema_problem(parquet, expected, max_rows=max_rows)
        if problem:
            raise RefusedFileError(file, problem)
        table = parquet.read(columns=[*columns], use_threads=False)
        table.validate(full=True)
        # Column by column: the metadata of pandas in the file may say anything.
        frame = pd.DataFrame({name: _column(table[name]) for name in columns})
    except RefusedFileError:
        raise
    except Exception as error:  # which exceptions the decoder raises for a damaged file is undocumented
        raise RefusedFileError(file, f"not a readable Parquet file ({error})") from None
    for name in columns:
        if table[name].null_count and name in NAMES + WHOLE:  # NaN of a loss or score is stored as null
            raise RefusedFileError(file, f"column {name}: a value is missing")
        if name not in NAMES and not (
            is_fine(frame[name]).all() and (name not in WHOLE or frame[name].min() >= 0)
        ):
            raise RefusedFileError(file, f"column {name}: a number is out of range")
    return frame


def _column(column: Any) -> Any:
    """A column for a data frame; names stay in their dictionary."""
    is_name = pa.types.is_dictionary(column.type)
    return column.combine_chunks().to_pandas() if is_name else column.to_numpy()


def _schema_problem(parquet: Any, expected: Sequence[str], *, max_rows: int) -> str | None:
    """What is wrong with the columns or the size, by the file's footer alone."""
    schema, footer = parquet.schema_arrow, parquet.metadata
    if [field.name for field in schema] != [*expected]:
        return f"its columns are not {', '.join(expected)}"
    if not 0 < footer.num_rows <= max_rows:
        return f"{footer.num_rows:,} rows, and there may be 1 to {max_rows:,}"
    unpacked = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    if unpacked > MAX_UNPACKED_BYTES:
        return f"it unpacks to {unpacked:,} bytes"
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if field.name in NAMES:
            fits = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        elif field.name in WHOLE:
            fits = pa.types.is_signed_integer(kind)
        else:
            fits = pa.types.is_floating(kind)
        if not fits:
            return f"column {field.name} holds {kind}"
    return None
