"""Reading columns of a long table, Parquet or text, part by part."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from datamodules.own_matrix.cells import refusal, some
from datamodules.own_matrix.grid import ending_of

ROWS_AT_A_TIME = 2**20
_SEPARATORS = {".csv": ",", ".csv.gz": ",", ".tsv": "\t", ".tsv.gz": "\t"}
ENDINGS = (".parquet", *_SEPARATORS)


def read_pairs(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    """The sources and targets that a file lists, part by part.

    Args:
        path: a file of one of :data:`ENDINGS` with the columns ``source`` and ``target``; others are not
            read.

    Yields:
        Names of the sources and of the targets, row by row.

    Raises:
        UserError: if it cannot be read, or a column is missing.
    """
    columns = ("source", "target")
    if ending_of(path) not in ENDINGS or not path.is_file():
        raise refusal(path, f"a list of pairs is a file in {', '.join(ENDINGS)}", fix="Check the path.")
    try:
        missing = [name for name in columns if name not in header_of(path)]
        if missing:
            raise refusal(path, f"there is no column {some(missing)}", fix="A pair is a source and a target.")
        for batch in batches_of(path, columns):
            source, target = (column.cast(pa.string()).to_pylist() for column in batch.columns)
            yield source, target
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise refusal(path, f"it cannot be read ({error})", fix="Write it again.") from None


def header_of(path: Path) -> list[str]:
    """Names of the columns of a file of one of :data:`ENDINGS`."""
    if ending_of(path) == ".parquet":
        return list(pq.read_schema(path).names)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file, delimiter=_SEPARATORS[ending_of(path)]), [])


def batches_of(path: Path, columns: Sequence[str]) -> Iterator[Any]:
    """Batches of some columns, in this order; of a text file, all are text."""
    if ending_of(path) == ".parquet":
        file = pq.ParquetFile(path, memory_map=True)
        for batch in file.iter_batches(ROWS_AT_A_TIME, columns=list(columns)):
            yield batch.select(list(columns))
    else:
        yield from text_batches(path, columns)


def text_batches(path: Path, columns: Sequence[str], *, value: str = "") -> Iterator[Any]:
    """Batches of a text file, block by block: text, and one column of numbers."""
    kinds = {name: pa.float64() if name == value else pa.string() for name in columns}
    yield from pa.csv.open_csv(
        path,
        parse_options=pa.csv.ParseOptions(delimiter=_SEPARATORS[ending_of(path)]),
        convert_options=pa.csv.ConvertOptions(include_columns=list(columns), column_types=kinds),
    )
