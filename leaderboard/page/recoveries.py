"""Matrices, trees and layouts for the page's script: rounded numbers, tasks ordered by group."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.results.schema import Result
from benchmark.results.untrusted import RefusedFileError
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import FloatMatrix
from leaderboard.boards.aggregate import cell_key
from leaderboard.page.layout import task_layout
from leaderboard.page.matrices import by_group, read_recovery, standardised
from leaderboard.page.trees import similarity_tree


def make_recoveries(
    table: AffinityTable,
    results: Sequence[Result],
    paths: Mapping[Hashable, Path],
    *,
    refuse: Callable[[str], None],
) -> dict[str, Any] | None:
    """Collect a board's ground truth and its models' predictions.

    Args:
        table: table that the results were scored against.
        results: results of the models to show.
        paths: result files by :func:`cell_key`; the scores are stored beside them.
        refuse: is told of every file of scores that is left out, in one line.

    Returns:
        Names and groups of the N tasks; positions of the S ``sources`` and the T ``targets`` among them;
        ``truth`` and, per model, ``scores``: S · T integers in hundredths of a standard deviation, row by
        row, None where there is no value; ``hidden``: positions in these lists; merges of the similarity
        trees; layout of the task graph. None if no model has stored scores.
    """
    order = by_group(table)
    block = np.ix_(order, order)
    truth = standardised(table)[block]
    eligible = table.eligible[block]
    sources, targets = np.flatnonzero(eligible.any(1)), np.flatnonzero(eligible.any(0))
    shown = np.ix_(sources, targets)
    models: dict[str, Any] = {}
    hidden = np.zeros_like(eligible)
    for result in results:
        try:
            recovery = read_recovery(paths[cell_key(result)], table, splits=len(result.data.split_numbers))
        except RefusedFileError as error:
            refuse(f"not drawn: {error}")
            continue
        if recovery is None:
            continue
        scores = recovery.scores[block]
        hidden = recovery.hidden[block]
        models[result.model.config.name] = {
            "scores": _hundredths(scores[shown]),
            "tree": similarity_tree(scores[sources]),
        }
    if not models:
        return None
    return {
        "tasks": [table.task_names[each] for each in order],
        "groups": [table.groups[each] for each in order],
        "unit": table.unit,
        "sources": sources.tolist(),
        "targets": targets.tolist(),
        "truth": _hundredths(truth[shown]),
        "hidden": np.flatnonzero(hidden[shown]).tolist(),
        "tree": similarity_tree(truth[sources]),
        "layout": task_layout(truth),
        "models": models,
    }


def _hundredths(matrix: FloatMatrix) -> list[int | None]:
    return [None if np.isnan(each) else round(each * 100) for each in matrix.ravel().tolist()]
