"""Reading and writing a sparse table as a Parquet file of one row a measured cell, batch by batch."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from datamodules.own_matrix.cells import refusal, shown, some
from datamodules.own_matrix.columns import LongColumns
from datamodules.own_matrix.parquet import damaged, is_text
from datamodules.sparse.long_file import ROWS_AT_A_TIME
from datamodules.sparse.table import Indices, SparseAffinityTable, Values

NO_INDICES: Indices = np.empty(0, dtype=np.int32)
NO_VALUES: Values = np.empty(0, dtype=np.float32)


def read_sparse_table(
    path: Path, *, lower_is_better: bool = False, columns: str = "", copy_of: Path | None = None
) -> SparseAffinityTable:
    """Read a sparse table from a long Parquet file, which is mapped into memory and never held as a whole.

    The result takes 12 bytes a cell and reading about as much again. Nothing in the file is executed. Cells
    of a task with itself are left out, as from any matrix.

    Args:
        path: a file with the columns ``source``, ``target`` (text or whole numbers, best dictionary-encoded)
            and ``value`` (a number), one row a measured cell; other columns are not read.
        lower_is_better: whether the values are losses; they are negated then.
        columns: other names of the columns; see :meth:`datamodules.own_matrix.columns.LongColumns.of`.
        copy_of: the text file that this is a copy of: refusals name it, and count its rows with the header.

    Returns:
        The table, named after the file; sources and targets in the order of their names, so that the order of
        rows does not matter.

    Raises:
        UserError: for a damaged file, missing columns, blank names or values, and everything that
            :class:`SparseAffinityTable` refuses.
    """
    named = LongColumns.of(columns) or LongColumns()
    if named.run is not None:
        raise refusal(
            path, f"a sparse table has one value a pair, not one a {named.run!r}", fix="Average the runs."
        )
    _check_columns(path, _open(path).schema_arrow, named)
    file = _open(path, names=[named.source, named.target])
    shown_path, row = (path, 1) if copy_of is None else (copy_of, 2)
    sources, targets = (_Names(shown_path, name) for name in (named.source, named.target))
    values = [NO_VALUES]
    for batch in _batches(path, file, [named.source, named.target, named.value]):
        sources.add(batch.column(named.source), at=row)
        targets.add(batch.column(named.target), at=row)
        values.append(_numbers(shown_path, batch.column(named.value), at=row))
        row += len(batch)
    (source_names, source), (target_names, target) = sources.sorted(), targets.sorted()
    value = np.concatenate(values)
    other = ~_is_own(source_names, source, target_names, target)
    return SparseAffinityTable(
        name=path.stem,
        unit="as given, negated" if lower_is_better else "as given",
        source_names=source_names,
        target_names=target_names,
        source=source[other],
        target=target[other],
        value=np.negative(value[other]) if lower_is_better else value[other],
    )


def write_sparse_table(table: SparseAffinityTable, path: Path) -> None:
    """Write a table as :func:`read_sparse_table` reads it: higher is better, names dictionary-encoded.

    Args:
        table: the table.
        path: the file.
    """
    sides = {
        "source": pa.DictionaryArray.from_arrays(table.source, pa.array(table.source_names, pa.string())),
        "target": pa.DictionaryArray.from_arrays(table.target, pa.array(table.target_names, pa.string())),
    }
    cells = pa.table({**sides, "value": pa.array(table.value)})
    pq.write_table(cells, path, row_group_size=ROWS_AT_A_TIME, compression="zstd")


class _Names:
    """The names of one side, numbered as they come, and the number of each row."""

    def __init__(self, path: Path, column: str) -> None:
        self.path, self.column = path, column
        self.code: dict[str, int] = {}
        self.codes: list[Indices] = [NO_INDICES]

    def add(self, column: Any, *, at: int) -> None:
        """Number the names of a batch, whose first row is ``at``."""
        if not pa.types.is_dictionary(column.type):
            column = column.cast(pa.string()).dictionary_encode()
        blank = [text is None or not text.strip() for text in column.dictionary.to_pylist()]
        indices = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        bad = np.flatnonzero((indices < 0) | np.array([*blank, True])[indices])
        if bad.size:
            raise refusal(
                self.path,
                f"row {at + int(bad[0])} has no name in column {shown(self.column)}",
                fix="Name it, or leave the row out.",
            )
        number = np.zeros(len(column.dictionary), dtype=np.int32)
        for each in np.unique(indices).tolist():  # a dictionary may hold names that do not occur
            name = column.dictionary[each].as_py().strip()
            number[each] = self.code.setdefault(name, len(self.code))
        self.codes.append(number[indices])

    def sorted(self) -> tuple[tuple[str, ...], Indices]:
        """The names in order, and the number of each row among them: [E] int32."""
        names = sorted(self.code)
        number = np.empty(len(names), dtype=np.int32)
        number[[self.code[name] for name in names]] = np.arange(len(names))
        return tuple(names), number[np.concatenate(self.codes)]


def _numbers(path: Path, column: Any, *, at: int) -> Values:
    values: npt.NDArray[np.float64] = (
        column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    )
    bad = np.flatnonzero(~(np.abs(values) <= np.finfo(np.float32).max))
    if bad.size:
        found = "no value" if np.isnan(values[bad[0]]) else f"the value {values[bad[0]]}"
        raise refusal(
            path,
            f"row {at + int(bad[0])} has {found}",
            fix="Leave out what was not measured; values must be finite and fit into 32 bits.",
        )
    return values.astype(np.float32)


def _is_own(
    source_names: Sequence[str], source: Indices, target_names: Sequence[str], target: Indices
) -> npt.NDArray[np.bool_]:
    """[E] bool, which rows are of a task with itself."""
    code = {name: number for number, name in enumerate(source_names)}
    of_target = np.array([code.get(name, -1) for name in target_names], dtype=np.int32)
    own: npt.NDArray[np.bool_] = source == of_target[target]
    return own


def _open(path: Path, names: Sequence[str] = ()) -> Any:
    if not path.is_file():
        raise refusal(path, "there is no such file", fix="Check the path.")
    # Which exceptions the decoder raises for a damaged file is undocumented; it is always the file's fault.
    try:
        return pq.ParquetFile(path, memory_map=True, read_dictionary=list(names))
    except Exception as error:
        raise damaged(path, error) from None


def _batches(path: Path, file: Any, columns: Sequence[str]) -> Iterator[Any]:
    try:
        yield from file.iter_batches(ROWS_AT_A_TIME, columns=list(columns))
    except Exception as error:
        raise damaged(path, error) from None


def _check_columns(path: Path, schema: Any, columns: LongColumns) -> None:
    for name in (columns.source, columns.target, columns.value):
        if name not in schema.names:
            raise refusal(
                path,
                f"there is no column {shown(name)}, only {some(schema.names)}",
                fix="Name the columns by --columns source=model,target=dataset,value=accuracy.",
            )
        kind = schema.field(name).type
        is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        is_name = is_text(kind) or pa.types.is_integer(kind)
        if not (is_number if name == columns.value else is_name):
            wanted = "numbers" if name == columns.value else "text or whole numbers"
            raise refusal(path, f"column {shown(name)} holds {kind}, not {wanted}", fix="Convert the column.")
