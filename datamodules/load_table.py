"""One matrix, by a dataset's name, a path, or from a data frame."""

from pathlib import Path

import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.own_matrix.table import frame_table
from datamodules.registry import find_source


def load_table(
    source: str | Path | pd.DataFrame,
    *,
    regime: str | None = None,
    label: str | None = None,
    tasks: str | Path | None = None,
    lower_is_better: bool = False,
) -> AffinityTable:
    """Read one affinity matrix.

    Args:
        source: a dataset's name; the path of a CSV or Parquet file, or ``hf://owner/name``, with a matrix of
            your own; or a data frame with one: sources as (text) index and targets as columns, or the columns
            ``source``, ``target`` and ``value``. NaN is not measured.
        regime: which of a dataset's matrices; the headline one when omitted.
        label: which of a dataset's figures; the headline one when omitted.
        tasks: for a matrix of your own: the path of a table with the column ``name``, optionally ``group``
            and ``kind``, and numeric columns.
        lower_is_better: for a matrix of your own: the values are errors or losses; they are negated.

    Returns:
        The table, source × target, higher is better.

    Raises:
        UserError: for an unknown name, a matrix that cannot be read, or one too small to be benchmarked.

    >>> load_table("taskonomy").value.shape
    (25, 25)
    >>> load_table(pd.DataFrame({"b": [.1, .2, .3, .5], "c": [.4, .1, .3, .2]}, index=[*"adef"])).task_names
    ('a', 'd', 'e', 'f', 'b', 'c')
    """
    metadata = None if tasks is None else Path(tasks)
    if isinstance(source, pd.DataFrame):
        return frame_table(source, tasks=metadata, lower_is_better=lower_is_better)
    found = find_source(str(source), lower_is_better=lower_is_better, tasks=metadata)
    return found.read(regime=regime, label=label)
