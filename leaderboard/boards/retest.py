"""Test-retest agreement of a matrix: a reference for how well it can be recovered."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmark.results.schema import Place
from benchmark.scoring.intervals import mean_of_finite
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import FloatMatrix
from datamodules.registry import DATASETS
from datamodules.splits.protocol import MIN_QUERIES
from leaderboard.boards.published import published_table


@dataclass(frozen=True, kw_only=True)
class Retest:
    """Agreement between two measurements of one matrix.

    Attributes:
        regime: regime of the other measurement.
        score: per-target Spearman over whole columns, mean over targets, in [−1, 1].
        targets: number of targets that were scored.
    """

    regime: str
    score: float
    targets: int


def retests(place: Place) -> list[Retest]:
    """Compare a place's matrix with every other published measurement of it.

    Args:
        place: any place; its setting and mask are ignored.

    Returns:
        One retest per other measurement, best first; empty if there is none, or for a user's own matrix.

    >>> place = Place(dataset="taskonomy", regime="16k", label="ahp", setting="inductive", mask=None)
    >>> [each.regime for each in retests(place)]
    ['test-subset', '1k']
    """
    source = DATASETS.get(place.dataset)
    if source is None or place.regime not in source.retests:
        return []
    table = published_table(place.dataset, place.regime, place.label)
    found = []
    for regime in source.retests:
        if regime == place.regime:
            continue
        other = published_table(place.dataset, regime, place.label)
        names = [name for name in table.task_names if name in other.task_names]
        own, its = _values(table, names), _values(other, names)
        scores = per_target_agreement(own, its)
        found.append(
            Retest(regime=regime, score=float(mean_of_finite(scores)), targets=int(np.isfinite(scores).sum()))
        )
    return sorted(found, key=lambda each: -each.score)


def per_target_agreement(own: FloatMatrix, its: FloatMatrix) -> FloatMatrix:
    """Spearman correlation of two measurements of one matrix, per target over the sources measured in both.

    The protocol's metric (:func:`benchmark.metrics.per_target_spearman`) in pandas: the page needs no torch.

    Args:
        own: [N, N] float64, source × target; NaN where not measured.
        its: [N, N] float64, likewise.

    Returns:
        [N] float64, NaN for a target that does not count.
    """
    both = np.isfinite(own) & np.isfinite(its)
    first, second = (pd.DataFrame(np.where(both, matrix, np.nan)) for matrix in (own, its))
    ranks, other_ranks = first.rank(), second.rank()
    correlation = ranks.corrwith(other_ranks).where(other_ranks.std() > 0, 0.0)
    counts = (both.sum(0) >= MIN_QUERIES) & (first.max() > first.min())
    return np.asarray(correlation.where(counts), dtype=np.float64)


def _values(table: AffinityTable, names: list[str]) -> FloatMatrix:
    """Affinities between some of a table's tasks, in the order of the names."""
    index = [table.task_names.index(name) for name in names]
    return table.value[np.ix_(index, index)]
