"""A sham matrix, on which a model that knows the real one gives itself away.

Within every target the values are dealt anew among the sources, so that what a sham shows says nothing about
where the real values stand. A model that learns from what it is shown predicts the sham; one that holds the
real matrix in its code or weights still orders the sources as they really are, and no honest one can.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from datamodules.affinity_table import AffinityTable
from datamodules.splits.protocol import Split

# Below it a second sham decides; docs/verification.md has the measured rate of false alarms.
ALARM_P = 1e-3
PERMUTATIONS = 9_999
MIN_QUERIES = 3

FloatArray = npt.NDArray[np.float64]


class Sham(NamedTuple):
    """What a model's scores on a sham say of the real matrix.

    Attributes:
        correlation: mean correlation of its scores with the ranks of the real hidden values, over splits and
            targets, in [−1, 1]; about 0 for a model that does not know them, about 1 for one that does.
        p: share of random exchanges of the real sources with which they correlate as much.
    """

    correlation: float
    p: float

    @property
    def is_alarm(self) -> bool:
        """Whether the model knows the real matrix."""
        return self.p <= ALARM_P


def sham_table(table: AffinityTable, *, rng: np.random.Generator) -> AffinityTable:
    """Deal the values of every target anew among its sources, and the tasks' metadata among the tasks.

    Which transfers exist stays, and with it every split. A pair's features go with its value.

    Args:
        table: the real matrix.
        rng: random generator, which the model must not know.

    Returns:
        The sham.
    """
    value = table.value.copy()
    pairs = {name: feature.copy() for name, feature in table.pairs.items()}
    for target, rows in _interchangeable(table):
        dealt = rng.permutation(rows)
        value[rows, target] = table.value[dealt, target]
        for name, feature in pairs.items():
            feature[rows, target] = table.pairs[name][dealt, target]
    order = rng.permutation(len(table.task_names))
    return replace(
        table,
        value=value,
        pairs=pairs,
        groups=tuple(table.groups[task] for task in order),
        kinds=tuple(table.kinds[task] for task in order),
        features=None if table.features is None else table.features[order],
        vectors={name: vectors[order] for name, vectors in table.vectors.items()},
        similarities={name: matrix[np.ix_(order, order)] for name, matrix in table.similarities.items()},
        replicates=None,
    )


def judge_sham(
    scores: FloatArray, splits: list[Split], table: AffinityTable, *, rng: np.random.Generator
) -> Sham:
    """Test whether scores on a sham follow the real hidden values.

    The null distribution exchanges the sources of the real matrix, all targets together: a sham is as likely
    as the same one with its sources exchanged. Exchanging them target by target would take the scores of a
    model that orders the sources alike for every target for as many independent guesses.

    Args:
        scores: [S, N, N] float64, the scores on a sham, in the table's order.
        splits: the S splits.
        table: the real matrix.
        rng: random generator.

    Returns:
        The outcome; a p of 1 where no sources can be exchanged.
    """
    # The correlation of a split and target is linear in the ranks of the real values: one weight per entry.
    weight = np.zeros(table.value.shape)
    for of_split, split in zip(scores, splits, strict=True):
        for target in range(len(weight)):
            rows = np.flatnonzero(split.query[:, target])
            own = of_split[rows, target]
            if len(rows) >= MIN_QUERIES and np.ptp(own) > 0:
                weight[rows, target] += unit_ranks(own)
    # Centred among those whose values were dealt, as differences between such sets are shown to the model.
    centred, ranks, most = np.zeros_like(weight), np.zeros_like(weight), 0.0
    for target, rows in _interchangeable(table):
        if np.ptp(table.value[rows, target]) > 0:
            ranks[rows, target] = unit_ranks(table.value[rows, target])
            centred[rows, target] = weight[rows, target] - weight[rows, target].mean()
            most += float(np.sort(centred[rows, target]) @ np.sort(ranks[rows, target]))
    if most == 0.0:
        return Sham(0.0, 1.0)
    # Entry [i, j]: how well the scores of source i follow the real values of source j, over all targets.
    agreement = centred @ ranks.T
    sources = np.arange(len(weight))
    real = float(agreement[sources, sources].sum())
    exchanged = np.tile(sources, (PERMUTATIONS, 1))
    for rows in _alike(table):
        exchanged[:, rows] = rng.permuted(exchanged[:, rows], axis=1)
    dealt = agreement[sources, exchanged].sum(axis=1)
    p = (1 + int((dealt >= real - 1e-9).sum())) / (1 + PERMUTATIONS)
    return Sham(real / most, p)


def _alike(table: AffinityTable) -> list[npt.NDArray[np.int64]]:
    """Sets of sources that may be exchanged: with as many transfers and the same roles.

    How much was measured of a task is shown to a model, and may well tell how good a source it is.
    """
    roles = list(
        zip(table.eligible.sum(axis=1).tolist(), np.asarray(table.eligible.any(axis=0)).tolist(), strict=True)
    )
    return [
        np.array([task for task, own in enumerate(roles) if own == role])
        for role in sorted(set(roles))
        if role[0] > 0
    ]


def _interchangeable(table: AffinityTable) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """For every target, sets of sources whose values may be dealt anew."""
    for alike in _alike(table):
        for target in range(len(table.task_names)):
            rows = alike[table.eligible[alike, target]]
            if len(rows) > 1:
                yield target, rows


def unit_ranks(values: FloatArray) -> FloatArray:
    """Ranks of values, centred, as a vector of length 1: the product of two is Spearman's correlation.

    Args:
        values: [M] float64, not all equal.

    Returns:
        [M] float64.

    >>> unit_ranks(np.array([3.0, 9.0]))
    array([-0.70710678,  0.70710678])
    """
    ranks = rankdata(values)
    centred = ranks - ranks.mean()
    unit: FloatArray = centred / np.linalg.norm(centred)
    return unit
