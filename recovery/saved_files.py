"""The files of a recovered matrix."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import is_bool_dtype, is_float_dtype, is_string_dtype

from benchmark.results.atomic_files import write_together
from benchmark.results.untrusted import RefusedFileError, read_regular
from datamodules.errors import UserError
from recovery.record import FORMAT, Record
from recovery.report.build import build_report

CELLS, RECORD, REPORT = "cells.parquet", "recovery.json", "index.html"
COLUMNS = {
    "source": is_string_dtype,
    "target": is_string_dtype,
    "value": is_float_dtype,
    "low": is_float_dtype,
    "high": is_float_dtype,
    "measured": is_bool_dtype,
    "shrunk_value": is_float_dtype,
    "chance_best": is_float_dtype,
}
MAX_BYTES = 2**29
MAX_CELLS = 20_000_000


def save(folder: Path, *, cells: pd.DataFrame, matrix: pd.DataFrame, record: Record) -> Path:
    """Write a recovered matrix; see :class:`recovery.recovery.Recovery`.

    Args:
        folder: where to; created if missing.
        cells: a row per transfer.
        matrix: the filled matrix.
        record: everything else.

    Returns:
        The report.

    Raises:
        StorageError: if the folder cannot be written to.
    """
    write_together(
        {
            folder / "cells.csv": cells.to_csv(index=False).encode(),
            folder / CELLS: cells.to_parquet(index=False),
            folder / "matrix.csv": matrix.to_csv().encode(),
            folder / REPORT: build_report(cells, record).encode(),
            folder / RECORD: record.model_dump_json(indent=2).encode(),
        }
    )
    return folder / REPORT


def load(folder: Path) -> tuple[pd.DataFrame, Record]:
    """Read a recovered matrix, which may be anybody's.

    Args:
        folder: where it was saved.

    Returns:
        Its cells and its record.

    Raises:
        UserError: if there is none, or one that this version does not read.
    """
    try:
        record, cells = _record(folder / RECORD), _cells(folder / CELLS)
        if set(cells["target"]) != set(record.targets):
            raise RefusedFileError(folder / CELLS, f"its targets are not those of {RECORD}")
    except RefusedFileError as error:
        fix = "Save it again with `affinity-bench recover` or Recovery.save."
        raise UserError(f"there is no recovered matrix: {error}. {fix}") from None
    return cells, record


def _record(path: Path) -> Record:
    text = read_regular(path, max_bytes=MAX_BYTES)
    try:
        there = json.loads(text).get("format")
        if there != FORMAT:
            raise RefusedFileError(path, f"its format is {there!r}, and this version reads {FORMAT}")
        return Record.model_validate_json(text)
    except RefusedFileError:
        raise
    except (ValueError, AttributeError, RecursionError):  # pydantic's errors are among them
        raise RefusedFileError(path, "this is no record of a recovered matrix") from None


def _cells(path: Path) -> pd.DataFrame:
    """The table of cells, whose size is looked at before anything is unpacked."""
    data = read_regular(path, max_bytes=MAX_BYTES)
    try:
        parquet = pq.ParquetFile(pa.BufferReader(data))
        if [field.name for field in parquet.schema_arrow] != [*COLUMNS]:
            raise RefusedFileError(path, f"its columns are not {', '.join(COLUMNS)}")
        if parquet.metadata.num_rows > MAX_CELLS:
            raise RefusedFileError(path, f"more than {MAX_CELLS:,} rows")
        table = parquet.read(use_threads=False)
        table.validate(full=True)
        cells: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    except RefusedFileError:
        raise
    except Exception as error:  # which exceptions the decoder raises for a damaged file is undocumented
        raise RefusedFileError(path, f"not a readable Parquet file ({error})") from None
    for name, kind in COLUMNS.items():
        if not kind(cells[name]) or cells[name].isna().any():
            raise RefusedFileError(path, f"column {name}: of another type, or a value is missing")
    if cells.duplicated(["source", "target"]).any():
        raise RefusedFileError(path, "the same transfer twice")
    return cells
