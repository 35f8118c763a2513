"""Which files are too large for a matrix, and reading those as sparse tables."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datamodules.errors import UserError
from datamodules.own_matrix.columns import LongColumns
from datamodules.own_matrix.grid import ending_of, name_of
from datamodules.sparse.long_file import ENDINGS, batches_of, header_of, text_batches
from datamodules.sparse.parquet import read_sparse_table
from datamodules.sparse.table import SparseAffinityTable

# Sources × targets, as of 500 × 500: what is computed for every pair of pairs takes minutes up to here.
MOST_PAIRS = 250_000


class LargeFile(NamedTuple):
    """A long table with more than :data:`MOST_PAIRS` pairs.

    Attributes:
        path: the file.
        columns: its columns under other names, as they were typed.
        rows: rows below the header.
        sources: number of names in the column of sources.
        targets: number of names in the column of targets.
    """

    path: Path
    columns: str
    rows: int
    sources: int
    targets: int

    def __str__(self) -> str:
        """What it is, and why it is read otherwise than a matrix."""
        return (
            f"{self.path.name}: {self.sources:,} sources × {self.targets:,} targets, {self.rows:,} measured "
            f"({self.rows / (self.sources * self.targets):.2%}); more than {MOST_PAIRS:,} pairs, so only the "
            "measured ones are held"
        )

    def read(self, *, lower_is_better: bool = False) -> SparseAffinityTable:
        """Read it; a text file becomes a Parquet file first, which is deleted afterwards.

        Args:
            lower_is_better: the values are errors or losses, and are negated.

        Returns:
            The table.

        Raises:
            UserError: as :func:`datamodules.sparse.parquet.read_sparse_table`.
        """
        named = LongColumns.of(self.columns) or LongColumns()
        if ending_of(self.path) == ".parquet":
            return read_sparse_table(self.path, lower_is_better=lower_is_better, columns=self.columns)
        names = (named.source, named.target, named.value)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / f"{name_of(self.path)}.parquet"
            batches = text_batches(self.path, names, value=named.value)
            first = next(batches)
            with pq.ParquetWriter(copy, first.schema) as writer:
                writer.write_batch(first)
                for batch in batches:
                    writer.write_batch(batch)
            return read_sparse_table(
                copy, lower_is_better=lower_is_better, columns=self.columns, copy_of=self.path
            )


def find_large_file(location: str, *, columns: str = "") -> LargeFile | None:
    """Look whether a file is a long table with too many pairs for a matrix; only its names are read.

    Args:
        location: a path; anything else, such as the name of a dataset, is not large.
        columns: the columns of a long table under other names, as
            :meth:`datamodules.own_matrix.columns.LongColumns.of`.

    Returns:
        What it is; None for a wide table, one with a column that tells runs apart, a small one, or a file
        that cannot be read.

    Raises:
        UserError: for a mistake in ``columns``.
    """
    path = Path(location).expanduser()
    if ending_of(path) not in ENDINGS or not path.is_file():
        return None
    named = LongColumns.of(columns) or LongColumns()
    pair = (named.source, named.target)
    try:
        header = header_of(path)
        is_long = {*pair, named.value} <= {*header} if columns else {*pair, named.value} == {*header}
        if not is_long or named.run is not None:
            return None
        rows, names = 0, (set[Any](), set[Any]())
        for batch in batches_of(path, pair):
            rows += len(batch)
            for known, column in zip(names, batch.columns, strict=True):
                known.update(pc.unique(column).to_pylist())
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        return None  # the reader of matrices says what is wrong with it
    sources, targets = map(len, names)
    return LargeFile(path, columns, rows, sources, targets) if sources * targets > MOST_PAIRS else None


def refuse_large_file(source: object, *, fix: str, columns: str = "") -> None:
    """Refuse a long table with too many pairs where a matrix is needed.

    Args:
        source: a path; anything else is none.
        fix: what to do instead.
        columns: as for :func:`find_large_file`.

    Raises:
        UserError: if it is one.
    """
    large = find_large_file(str(source), columns=columns) if isinstance(source, str | Path) else None
    if large is not None:
        raise UserError(f"{large}: {fix}")


def check_for_large(file: LargeFile, **given: object) -> None:
    """Refuse options that need a matrix.

    Args:
        file: the table.
        given: values of such options by name.

    Raises:
        UserError: if one of them is set.
    """
    names = [f"--{name}" for name, value in given.items() if value]
    if names:
        raise UserError(
            f"{file}. {' and '.join(names)} {'is' if len(names) == 1 else 'are'} for matrices: leave out, or "
            "write the table in its wide form, which is held as one"
        )
