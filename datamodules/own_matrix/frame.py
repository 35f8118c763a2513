"""A pandas data frame or an array as rows of cells, like a file's."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from datamodules.own_matrix.cells import refusal
from datamodules.own_matrix.grid import MAX_CELLS, Grid
from datamodules.own_matrix.parquet import parquet_records

WHERE = Path("DataFrame")  # what messages call it


def array_frame(array: npt.NDArray[np.floating]) -> pd.DataFrame:
    """Name the tasks of an array.

    Args:
        array: [N, N], source × target; NaN where not measured.

    Returns:
        [N, N], with sources as the index and targets as the columns.

    Raises:
        UserError: if it is not a square of numbers.
    """
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.dtype.kind not in "fiu":
        raise refusal(
            Path("array"),
            f"it is {array.dtype} of shape {array.shape}, not a square of numbers",
            fix="Bring a data frame with the names of sources and targets.",
        )
    names = [f"task-{i}" for i in range(len(array))]
    return pd.DataFrame(array, index=names, columns=names)


def frame_grid(frame: pd.DataFrame) -> Grid:
    """Read a data frame as the Parquet file that pandas makes of it, so that the same refusals apply.

    Args:
        frame: an index of text becomes the first column; one of numbers is left out.

    Returns:
        Its cells.

    Raises:
        UserError: for columns that Parquet cannot hold or that stand twice, fewer than two, or no rows.
    """
    try:
        data = frame.to_parquet()
    except Exception as error:  # what pandas and arrow raise for odd columns is of many kinds
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise refusal(
            WHERE,
            f"its columns cannot be read ({reason})",
            fix="Name every column with a text of its own, and fill each with numbers, or with text.",
        ) from error
    header, *rows = parquet_records(WHERE, data, max_cells=MAX_CELLS)
    if len(header.cells) < 2 or not rows:
        raise refusal(
            WHERE,
            f"it has {len(header.cells)} columns of names and values and {len(rows)} rows",
            fix="Bring sources as an index of text and targets as columns, or source, target and value.",
        )
    return Grid(WHERE, tuple(map(str, header.cells)), rows)
