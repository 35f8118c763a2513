"""The matrices shown on the page: ground truth and recovered affinities on a common scale."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmark.results.files import table_path
from benchmark.results.schema import Result
from benchmark.results.stored_tables import read_scores
from benchmark.results.untrusted import RefusedFileError
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix
from datamodules.registry import DATASETS, Source
from datamodules.standardise import column_moments
from leaderboard.boards.published import published_table


@dataclass(frozen=True, kw_only=True, eq=False)
class Recovery:
    """One model's predictions for a matrix.

    Attributes:
        scores: [N, N] float64, source × target, in the standardised units of each split: the prediction of
            the first split that hides the entry; NaN where no split does.
        hidden: [N, N] bool, entries hidden in the first split.
    """

    scores: FloatMatrix
    hidden: npt.NDArray[np.bool_]


def find_truth(result: Result, own: Source | None) -> AffinityTable | None:
    """The matrix that a result was scored against.

    Args:
        result: the result.
        own: a user's own matrix to consider besides the published datasets.

    Returns:
        The table; None if it is not available, or its hash differs from the result's.
    """
    place = result.place
    try:
        if own and own.name == place.dataset:
            table = own.read(regime=place.regime, label=place.label)
        elif place.dataset in DATASETS:
            table = published_table(place.dataset, place.regime, place.label)
        else:
            return None
    except UserError:  # a regime or label that this version does not have
        return None
    return table if table.hash == result.data.dataset_hash else None


def by_group(table: AffinityTable) -> npt.NDArray[np.int64]:
    """Order of tasks that puts each group together, groups in order of first appearance, [N] int64."""
    groups = list(dict.fromkeys(table.groups))
    return np.argsort([groups.index(group) for group in table.groups], kind="stable")


def num_entries(table: AffinityTable) -> int:
    """Number of entries of the matrix as it is shown: sources × targets, without tasks that are not both."""
    return int(table.eligible.any(1).sum() * table.eligible.any(0).sum())


def standardised(table: AffinityTable) -> FloatMatrix:
    """Truth in standard deviations from each target's mean, [N, N] float64; NaN where not eligible."""
    mean, deviation = column_moments(table.value, table.eligible)
    return (table.value - mean) / deviation


def read_recovery(path: Path, table: AffinityTable, *, splits: int) -> Recovery | None:
    """Read a model's predictions.

    Args:
        path: the result's JSON file; the scores are stored beside it.
        table: table that the result was scored against.
        splits: number of splits of the result.

    Returns:
        The predictions, rows and columns in the table's order; None if no scores are stored.

    Raises:
        RefusedFileError: if the file beside it is no table of scores of these tasks.
    """
    file = table_path(path, "scores")
    if not file.exists() and not file.is_symlink():
        return None
    stored = read_scores(
        path,
        max_rows=splits * int(table.eligible.sum()),
        columns=("split", "source", "target", "score"),
    )
    split, score = (stored[name].to_numpy() for name in ("split", "score"))
    names = pd.Index(table.task_names)
    source, target = (
        names.get_indexer(pd.Index(stored[side], dtype=object)) for side in ("source", "target")
    )
    if (source < 0).any() or (target < 0).any():
        raise RefusedFileError(file, "it names tasks that the matrix does not have")
    scores = np.full(table.value.shape, np.nan)
    hidden = np.zeros(table.value.shape, dtype=bool)
    first = split == split.min()
    hidden[source[first], target[first]] = True
    # Write splits from last to first, so that the first split that hides an entry is the one that is kept.
    order = np.argsort(-split, kind="stable")
    scores[source[order], target[order]] = score[order]
    return Recovery(scores=scores, hidden=hidden)
