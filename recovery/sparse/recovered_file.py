"""Writing recovered cells as they come: a Parquet file that is never held as a whole."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmark.results.atomic_files import written_bit_by_bit
from datamodules.sparse.table import SparseAffinityTable
from recovery.sparse.asked import AskedCells
from recovery.sparse.calibration import Calibration

_NAME = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema(
    [("source", _NAME), ("target", _NAME)]
    + [(name, pa.float64()) for name in ("value", "low", "high")]
    + [("measured", pa.bool_())]
)


def write_cells(
    path: Path,
    parts: Iterable[AskedCells],
    *,
    table: SparseAffinityTable,
    calibration: Calibration,
    lower_is_better: bool,
    bounds: tuple[float, float] | None,
) -> int:
    """Write cells with their intervals, in the user's unit and direction; complete or not at all.

    Args:
        path: the file, with the columns ``source``, ``target``, ``value``, ``low``, ``high``, ``measured``.
        parts: the cells, in pieces that become row groups.
        table: the table that they are of.
        calibration: makes the intervals; that of a measured cell is its value.
        lower_is_better: whether the user's values are errors or losses.
        bounds: the range of a bounded metric in the user's unit, which predictions are kept in.

    Returns:
        How many cells were written.

    Raises:
        StorageError: if the file cannot be written.
    """
    names = [pa.array(each, pa.string()) for each in (table.source_names, table.target_names)]
    lowest, highest = bounds or (-np.inf, np.inf)
    written = 0
    with written_bit_by_bit(path) as draft, pq.ParquetWriter(draft, _SCHEMA, compression="zstd") as writer:
        for cells in parts:
            ends = (
                np.where(cells.measured, cells.value, end)
                for end in calibration.interval(cells.value, cells.target)
            )
            own = [cells.value, *ends]
            if lower_is_better:
                own = [-own[0], -own[2], -own[1]]
            numbers = [np.where(cells.measured, each, np.clip(each, lowest, highest)) for each in own]
            sides = [
                pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), known)
                for index, known in zip((cells.source, cells.target), names, strict=True)
            ]
            columns = [*sides, *map(pa.array, numbers), pa.array(cells.measured)]
            writer.write_table(pa.Table.from_arrays(columns, schema=_SCHEMA))
            written += len(cells.value)
    return written
