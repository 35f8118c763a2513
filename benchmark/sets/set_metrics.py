"""Metrics of the sets track, per target: order and regret among hidden sets, and what the choice gains."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from benchmark.metrics.correlation import per_target_spearman
from benchmark.metrics.regret import per_target_regret
from benchmark.sets.metric_names import METRICS
from datamodules.sets.protocol import SetSplit
from datamodules.sets.task_sets import TaskSets

FloatArray = NDArray[np.float64]


def score_sets(scores: FloatArray, sets: TaskSets, splits: Sequence[SetSplit]) -> dict[str, FloatArray]:
    """Score predictions on the hidden sets.

    Args:
        scores: [S, M] float64, finite where asked for.
        sets: the measured sets.
        splits: S splits.

    Returns:
        By metric, [S, T] float64 over all N tasks as targets; NaN where a target is not scored. ``gain`` is
        the value of the hidden set that is ranked first minus the largest single affinity of its members, in
        the table's unit; of equal scores the first set counts.

    Raises:
        ValueError: if a score that is asked for is not finite.
    """
    tasks = len(sets.table.task_names)
    column = [np.flatnonzero(sets.target == target) for target in range(tasks)]
    longest = max(map(len, column))
    # A column per target, as in a matrix of transfers; -1 where a target has fewer sets.
    place = np.stack([np.pad(rows, (0, longest - len(rows)), constant_values=-1) for rows in column], axis=1)
    truth = torch.from_numpy(np.where(place >= 0, sets.value[place], 0.0))
    spread = np.where(place >= 0, sets.value[place], np.nan)
    span = torch.from_numpy(np.nan_to_num(_range(spread), nan=1.0))
    found: dict[str, list[FloatArray]] = {name: [] for name in METRICS}
    for own, split in zip(scores, splits, strict=True):
        if not np.isfinite(own[split.query]).all():
            raise ValueError(f"split {split.number}: a score is not finite")
        asked = (place >= 0) & split.query[place]
        laid_out = torch.from_numpy(np.where(asked, own[place], 0.0))
        mask = torch.from_numpy(asked)
        found["spearman"].append(per_target_spearman(laid_out, truth, mask).numpy())
        for k in (1, 3):
            found[f"regret@{k}"].append(per_target_regret(laid_out, truth, mask, k, span).numpy())
        chosen = chosen_sets(own, sets, split)
        gain = np.full(tasks, np.nan)
        some = chosen >= 0
        gain[some] = (sets.value - sets.best_member)[chosen[some]]
        found["gain"].append(gain)
    return {name: np.stack(values) for name, values in found.items()}


def chosen_sets(scores: FloatArray, sets: TaskSets, split: SetSplit) -> NDArray[np.int64]:
    """The hidden set that is ranked first for each target.

    Args:
        scores: [M] float64.
        sets: the measured sets.
        split: says which sets are hidden.

    Returns:
        [N] int64, its row, the first of equal ones; −1 for a target without a hidden set.
    """
    rows = np.flatnonzero(split.query)
    chosen = np.full(len(sets.table.task_names), -1)
    order = rows[np.lexsort((-rows, scores[rows]))]  # the last one written is the best
    chosen[sets.target[order]] = order
    return chosen


def _range(columns: FloatArray) -> FloatArray:
    low = np.where(np.isnan(columns), np.inf, columns).min(0)
    high = np.where(np.isnan(columns), -np.inf, columns).max(0)
    return np.where(high > low, high - low, 1.0)
