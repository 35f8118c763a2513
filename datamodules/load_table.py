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
    pairs: str | Path | None = None,
    lower_is_better: bool = False,
) -> AffinityTable:
    """Read one affinity matrix.

    Args:
        source: name of a dataset; or your own matrix, as the path of a CSV or Parquet file, as
            ``hf://owner/name``, or as a data frame with sources as (text) index and targets as columns, or
            with the columns ``source``, ``target`` and ``value``. NaN means not measured.
        regime: regime of the dataset; the headline regime if omitted.
        label: label of the dataset; the headline label if omitted.
        tasks: for your own matrix: path of a table with the column ``name``, optionally ``group``,
            ``kind`` and ``description``, and numeric columns.
        pairs: for your own matrix: path of a table with the columns ``source`` and ``target`` and numeric
            columns: what is known of a transfer without measuring it.
        lower_is_better: for your own matrix: the values are errors or losses, and are negated.

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
    if isinstance(source, pd.DataFrame):
        return frame_table(source, tasks=metadata, pairs=of_pairs, lower_is_better=lower_is_better)
    found = find_source(str(source), lower_is_better=lower_is_better, tasks=metadata, pairs=of_pairs)
    return found.read(regime=regime, label=label)
