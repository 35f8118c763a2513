"""Sets of sources as arrays: what the selection functions take."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix

FloatVector = npt.NDArray[np.float64]
IntVector = npt.NDArray[np.int64]


class ScoredSets(NamedTuple):
    """M candidate sets, each with the target that it would serve; S sources and T targets.

    Attributes:
        members: [M, S] bool, the sources of each set; at least one.
        target: [M] int64, index of its target.
        score: [M] float64, what the set is worth to its target; higher is better.
    """

    members: BoolMatrix
    target: IntVector
    score: FloatVector


def single_sources(value: FloatMatrix) -> ScoredSets:
    """Single transfers as sets of one source.

    Args:
        value: [S, T] float64, source × target; NaN where the transfer does not exist.

    Returns:
        A set per transfer that exists, in the order of the matrix's rows.

    >>> single_sources(np.array([[np.nan, 2.0], [3.0, np.nan]])).score.tolist()
    [2.0, 3.0]
    """
    source, target = np.nonzero(~np.isnan(value))
    members = np.zeros((len(source), len(value)), dtype=bool)
    members[np.arange(len(source)), source] = True
    return ScoredSets(members, target, value[source, target])


def best_rows(sets: ScoredSets, allowed: BoolMatrix, *, targets: int) -> IntVector:
    """The best of the allowed sets of each target.

    Args:
        sets: scored sets.
        allowed: [M] bool.
        targets: number T of targets.

    Returns:
        [T] int64, the row of a set: the smallest, then the first, of equal ones; −1 for a target without any.
    """
    rows = np.flatnonzero(allowed)
    size = sets.members[rows].sum(1)
    # From the worst to the best, as the last one written stays.
    order = rows[np.lexsort((-rows, -size, sets.score[rows]))]
    chosen = np.full(targets, -1)
    chosen[sets.target[order]] = order
    return chosen
