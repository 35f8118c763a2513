"""The matrices behind the pictures: the truth and what models recovered, on one scale."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmark.results.files import table_path
from benchmark.results.schema import Result
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix
from datamodules.registry import DATASETS, Source
from datamodules.standardise import column_moments


@dataclass(frozen=True, kw_only=True, eq=False)
class Recovery:
    """One model's predictions of a matrix.

    Attributes:
        scores: [N, N] float64, in the standardised units of each split; an entry is as the first split that
            hides it predicted it; NaN where none does.
        hidden: [N, N] bool, what the board's first split hides.
    """

    scores: FloatMatrix
    hidden: npt.NDArray[np.bool_]


def find_truth(result: Result, own: Source | None) -> AffinityTable | None:
    """The matrix that a result was scored against.

    Args:
        result: of any dataset.
        own: a user's own matrix, to be looked at as well.

    Returns:
        The table; None unless it is at hand and its hash is the result's.
    """
    place = result.place
    source = own if own and own.name == place.dataset else DATASETS.get(place.dataset)
    try:
        table = source.read(regime=place.regime, label=place.label) if source else None
    except UserError:  # a regime or label that this version does not have
        return None
    return table if table is not None and table.hash == result.data.dataset_hash else None


def by_group(table: AffinityTable) -> npt.NDArray[np.int64]:
    """[N] int64: the order of tasks in which those of a group stand together, groups as they first appear."""
    groups = list(dict.fromkeys(table.groups))
    return np.argsort([groups.index(group) for group in table.groups], kind="stable")


def standardised(table: AffinityTable) -> FloatMatrix:
    """[N, N] float64: the truth in standard deviations from each target's mean; NaN where not eligible."""
    mean, deviation = column_moments(table.value, table.eligible)
    return (table.value - mean) / deviation


def read_recovery(path: Path, table: AffinityTable) -> Recovery | None:
    """Read what a model predicted.

    Args:
        path: its result's JSON file; the scores lie beside it.
        table: the matrix.

    Returns:
        Rows and columns in the table's order; None if the scores are not there.
    """
    scores_path = table_path(path, "scores")
    if not scores_path.is_file():
        return None
    columns = pq.read_table(scores_path, columns=["split", "source", "target", "score"], use_threads=False)
    split, score = (columns[name].to_numpy() for name in ("split", "score"))
    index = {name: position for position, name in enumerate(table.task_names)}
    source, target = (
        np.array([index[name] for name in columns[side].to_pylist()], dtype=np.int64)
        for side in ("source", "target")
    )
    scores = np.full(table.value.shape, np.nan)
    hidden = np.zeros(table.value.shape, dtype=bool)
    first = split == split.min()
    hidden[source[first], target[first]] = True
    # Splits from last to first, so that the first one to hide an entry has the last word on it.
    order = np.argsort(-split, kind="stable")
    scores[source[order], target[order]] = score[order]
    return Recovery(scores=scores, hidden=hidden)
