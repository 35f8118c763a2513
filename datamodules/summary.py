"""Summary statistics of a table: size, measured share, ties, asymmetry and scorable targets."""

from functools import cache
from typing import NamedTuple, get_args

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.splits.protocol import MASKS, MIN_QUERIES, FoldPlan, Mask, make_splits
from datamodules.standardise import z_scores


class TableSummary(NamedTuple):
    """Summary statistics of a table.

    Attributes:
        tasks: number of tasks N.
        sources: number of tasks that are the source of an eligible transfer.
        targets: number of tasks that are the target of an eligible transfer.
        eligible: number of eligible transfers.
        measured_share: share of eligible transfers among all pairs of a source and a different target, in
            [0, 1].
        tied_share: share of pairs of sources of the same target with equal affinity, in [0, 1].
        asymmetry: correlation of z(i, j) with z(j, i), z standardised per target; 1 = symmetric, NaN if too
            few pairs are measured in both directions.
        scorable: per missing ratio, number of targets with at least three query entries of at least two
            distinct values in every split.
    """

    tasks: int
    sources: int
    targets: int
    eligible: int
    measured_share: float
    tied_share: float
    asymmetry: float
    scorable: dict[Mask, int]


def summarise_table(table: AffinityTable) -> TableSummary:
    """Summarise a table.

    Args:
        table: the table.

    Returns:
        Its summary statistics.
    """
    eligible = table.eligible
    source, target = eligible.any(1), eligible.any(0)
    pairs = int(source.sum() * target.sum() - (source & target).sum())
    return TableSummary(
        tasks=len(table.task_names),
        sources=int(source.sum()),
        targets=int(target.sum()),
        eligible=int(eligible.sum()),
        measured_share=int(eligible.sum()) / pairs,
        tied_share=_tied_share(table),
        asymmetry=_asymmetry(table),
        scorable={mask: _scorable(table, mask) for mask in get_args(Mask)},
    )


def _tied_share(table: AffinityTable) -> float:
    tied = pairs = 0
    for column, measured in zip(table.value.T, table.eligible.T, strict=True):
        counts = np.unique(column[measured], return_counts=True)[1]
        tied += int((counts * (counts - 1)).sum())
        pairs += int(measured.sum() * (measured.sum() - 1))
    return tied / pairs if pairs else 0.0


def _asymmetry(table: AffinityTable) -> float:
    z = z_scores(table.value, table.eligible)
    both = table.eligible & table.eligible.T
    forth, back = z[both], z.T[both]
    if both.sum() < 2 or forth.std() == 0.0:
        return float("nan")
    return float(np.corrcoef(forth, back)[0, 1])


def _scorable(table: AffinityTable, mask: Mask) -> int:
    """Targets that count in every split; the splits are made only if ties leave that open."""
    columns = {
        target: table.value[table.eligible[:, target], target]
        for target in np.flatnonzero(table.eligible.any(0))
    }
    certain = {target for target, column in columns.items() if _always_counts(column, MASKS[mask])}
    open_ones = [target for target in columns.keys() - certain if _may_count(columns[target])]
    if not open_ones:
        return len(certain)
    queries = _queries(table.eligible.tobytes(), len(table.task_names), mask)
    return len(certain) + sum(
        all(_counts(table.value[query[:, target], target]) for query in queries) for target in open_ones
    )


def _counts(queries: FloatMatrix) -> bool:
    return queries.size >= MIN_QUERIES and _may_count(queries)


def _may_count(column: FloatMatrix) -> bool:
    return len(np.unique(column)) >= 2


def _always_counts(column: FloatMatrix, plan: FoldPlan) -> bool:
    """Whether every fold has enough queries of a target, and more than it has copies of any value.

    Folds are equitable: of k entries a fold holds k / folds, rounded down or up.
    """
    fewest = len(column) // plan.folds if plan.hide_one else len(column) - -(-len(column) // plan.folds)
    most_copies = int(np.unique(column, return_counts=True)[1].max())
    return fewest >= MIN_QUERIES and fewest > most_copies


@cache
def _queries(eligible: bytes, tasks: int, mask: Mask) -> list[BoolMatrix]:
    """The query entries of every split; most matrices of a dataset share which transfers exist."""
    matrix = np.frombuffer(eligible, dtype=bool).reshape(tasks, tasks)
    return [split.query for split in make_splits(matrix, setting="transductive", mask=mask)]
