"""One matrix, by a dataset's name, a path, or from a data frame."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.own_matrix.frame import array_frame
from datamodules.own_matrix.reading import HowToRead
from datamodules.own_matrix.table import read_frame
from datamodules.registry import find_source


def load_table(
    source: str | Path | pd.DataFrame | npt.NDArray[np.floating],
    *,
    regime: str | None = None,
    label: str | None = None,
    tasks: str | Path | None = None,
    pairs: str | Path | None = None,
    lower_is_better: bool = False,
    columns: str = "",
    transpose: bool = False,
) -> AffinityTable:
    """Read one affinity matrix.

    Args:
        source: name of a dataset; or your own matrix, as the path of a file, as ``hf://owner/name``, as a
            data frame with sources as (text) index and targets as columns, or with the columns ``source``,
            ``target`` and ``value``, or as an array [N, N], source × target, whose tasks are called
            ``task-0``, ``task-1``, … NaN means not measured.
        regime: regime of the dataset; the headline regime if omitted.
        label: label of the dataset; the headline label if omitted.
        tasks: for your own matrix: path of a table with the column ``name``, optionally ``group``,
            ``kind`` and ``description``, and numeric columns.
        pairs: for your own matrix: path of a table with the columns ``source`` and ``target`` and numeric
            columns: what is known of a transfer without measuring it.
        lower_is_better: for your own matrix: the values are errors or losses, and are negated.
        columns: for your own matrix: the columns of a long table under other names, as in
            ``"source=model,target=dataset,value=accuracy"``.
        transpose: for your own matrix: the rows of a wide table are targets, its columns sources.

    Returns:
        The table, source × target, higher = better.

    Raises:
        UserError: for an unknown name, or a matrix that cannot be read or is too small to be benchmarked.

    >>> load_table("taskonomy").value.shape
    (25, 25)
    >>> load_table(pd.DataFrame({"b": [.1, .2, .3, .5], "c": [.4, .1, .3, .2]}, index=[*"adef"])).task_names
    ('a', 'd', 'e', 'f', 'b', 'c')
    """
    metadata, of_pairs = (None if path is None else Path(path) for path in (tasks, pairs))
    if isinstance(source, np.ndarray):
        source = array_frame(source)
    if isinstance(source, pd.DataFrame):
        how = HowToRead(
            lower_is_better=lower_is_better,
            tasks=metadata,
            pairs=of_pairs,
            columns=columns,
            transpose=transpose,
        )
        return read_frame(source, how).table
    found = find_source(
        str(source),
        lower_is_better=lower_is_better,
        tasks=metadata,
        pairs=of_pairs,
        columns=columns,
        transpose=transpose,
    )
    return found.read(regime=regime, label=label)
