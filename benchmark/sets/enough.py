"""How many sources are enough: what the best set of each size gives, over the best single source."""

from typing import NamedTuple

import numpy as np

from datamodules.matrix_types import FloatMatrix
from datamodules.sets.task_sets import TaskSets

LARGE = 10  # sources of a set that belongs to a chain


class Enough(NamedTuple):
    """The best set of a size, over targets.

    Attributes:
        sources: the size.
        targets: how many targets have a set of this size.
        gain: mean over them of its value minus that of the best single source, in the table's unit.
        share: ``gain`` as a share of the same mean for the best set of any size.
    """

    sources: int
    targets: int
    gain: float
    share: float


def enough_sources(sets: TaskSets) -> list[Enough]:
    """The curve of a table, over the targets that have sets of ten sources or more.

    Targets without a chain of large sets would change the mean from one size to the next.

    Args:
        sets: all measured sets, nested chains of large ones included.

    Returns:
        By size, from 1; sizes without a set of these targets are left out.
    """
    gain = _gain_by_size(sets)
    chained = np.isfinite(gain[LARGE:]).any(0)
    gain = gain[:, chained]
    most = np.nanmax(gain, axis=0).mean()
    return [
        Enough(size, int(np.isfinite(own).sum()), float(np.nanmean(own)), float(np.nanmean(own) / most))
        for size, own in enumerate(gain)
        if np.isfinite(own).any()
    ]


def _gain_by_size(sets: TaskSets) -> FloatMatrix:
    """[sizes, N] float64: the best set of a size over the best single source; NaN without one."""
    tasks = len(sets.table.task_names)
    best = np.full((int(sets.size.max()) + 1, tasks), -np.inf)
    best[1] = np.where(sets.table.eligible, sets.table.value, -np.inf).max(0)
    np.maximum.at(best, (sets.size, sets.target), sets.value)
    best = np.where(np.isfinite(best), best, np.nan)
    gain: FloatMatrix = best - best[1]
    return gain
