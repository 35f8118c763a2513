"""A sham of measured sets, on which a model that knows the real ones gives itself away.

The values of single transfers are dealt anew among the sources (:mod:`benchmark.verifying.sham`), and those
of the sets of a target among its sets with as many sources. What a sham shows says nothing about which sets
are really good; yet an honest model may favour large sets, or sets of some sources, and so may the real
values. Judged is therefore what neither the size nor the single sources explain, of both.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import t as student_t

from benchmark.verifying.sham import MIN_QUERIES, FloatArray, Sham, sham_table, unit_ranks
from datamodules.sets.protocol import SetSplit
from datamodules.sets.task_sets import FloatVector, IntVector, TaskSets

MIN_TARGETS = 3


def sham_sets(sets: TaskSets, *, rng: np.random.Generator) -> TaskSets:
    """Deal the values of single transfers, and those of each target's sets of one size, anew.

    Which sets exist stays, and with it every split.

    Args:
        sets: the real ones.
        rng: random generator, which the model must not know.

    Returns:
        The sham.
    """
    value = sets.value.copy()
    for target, size in {*zip(sets.target.tolist(), sets.size.tolist(), strict=True)}:
        rows = np.flatnonzero((sets.target == target) & (sets.size == size))
        value[rows] = sets.value[rng.permutation(rows)]
    return replace(sets, table=sham_table(sets.table, rng=rng), value=value)


def judge_sham_sets(scores: FloatArray, splits: Sequence[SetSplit], sets: TaskSets) -> Sham:
    """Test whether scores on a sham follow the real values of hidden sets.

    A one-sided t-test over targets, as the sets of one target share their sources. The standard error is at
    least that of whole training runs, in which several targets may share what they measured.

    Args:
        scores: [S, M] float64, scores on a sham; read where a split asks.
        splits: the S splits.
        sets: the real sets.

    Returns:
        The outcome; a p of 1 where fewer than three targets can be judged.
    """
    weight = np.zeros(len(sets.value))
    for of_split, split in zip(scores, splits, strict=True):
        for target in np.unique(sets.target[split.query]):
            rows = np.flatnonzero(split.query & (sets.target == target))
            if len(rows) >= MIN_QUERIES and np.ptp(of_split[rows]) > 0:
                weight[rows] += unit_ranks(of_split[rows])
    agreement = unexplained(weight, sets) * unexplained(sets.value, sets)
    of_target, of_run = (_sums(agreement, each) for each in (sets.target, sets.run))
    of_target = of_target[of_target != 0]
    if len(of_target) < MIN_TARGETS:
        return Sham(0.0, 1.0)
    variance = max(len(of_target) * of_target.var(ddof=1), np.square(of_run).sum())
    p = student_t.sf(of_target.sum() / np.sqrt(variance), len(of_target) - 1)
    return Sham(float(of_target.mean()), float(p))


def _sums(values: FloatVector, group: IntVector) -> FloatVector:
    _, number = np.unique(group, return_inverse=True)
    return np.bincount(number.reshape(-1), weights=values).astype(np.float64)


def unexplained(values: FloatVector, sets: TaskSets) -> FloatVector:
    """What is left of values of a target's sets after least squares on their size and their sources.

    Args:
        values: [M] float64, one per set.
        sets: the sets.

    Returns:
        [M] float64, of length 1 for each target; 0 where everything is explained.
    """
    beyond = np.zeros(len(values))
    for target in np.unique(sets.target):
        rows = np.flatnonzero(sets.target == target)
        sizes = sets.size[rows]
        design = np.column_stack([sets.members[rows], sizes[:, None] == np.unique(sizes)]).astype(float)
        own = values[rows]
        left = own - design @ np.linalg.lstsq(design, own, rcond=None)[0]
        if np.linalg.norm(left) > 1e-6 * np.linalg.norm(own):
            beyond[rows] = left / np.linalg.norm(left)
    return beyond
