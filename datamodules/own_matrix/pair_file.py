"""Pair features of a user's own matrix, from a file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datamodules.matrix_types import FloatMatrix
from datamodules.own_matrix.cells import read_name, read_names, read_number, refusal, shown, some
from datamodules.own_matrix.grid import read_grid
from datamodules.pair_features import RESERVED

PAIR_COLUMNS = ("source", "target")
SAME_BEYOND = 1 - 1e-9  # correlation of a feature with the matrix


def read_pairs(
    path: Path, names: Sequence[str], *, value: FloatMatrix, matrix: Path
) -> dict[str, FloatMatrix]:
    """Read a file of pair features and join it to a matrix by names.

    A pair without a row, and a blank cell, are unknown. Both directions of a pair are rows of their own.

    Args:
        path: file with the columns ``source`` and ``target`` and at least one other, all numeric.
        names: names of the matrix's N tasks.
        value: [N, N] float64, the affinities, which must not be among the features.
        matrix: file of the matrix, for messages.

    Returns:
        By column, [N, N] float64; NaN where unknown.

    Raises:
        UserError: for a missing column, an unknown task, the same pair twice, text in place of a number, or a
            column that repeats the matrix.
    """
    grid = read_grid(path)
    read_names(enumerate(grid.header, start=1), path=path, side="column")
    lacking = [name for name in PAIR_COLUMNS if name not in grid.header]
    columns = [name for name in grid.header if name not in PAIR_COLUMNS]
    if lacking or not columns:
        missing = some(lacking) if lacking else "a column of numbers"
        raise refusal(
            path,
            f"missing: {missing}; the columns are {some(grid.header)}",
            fix="Bring source, target and one column of numbers or more, in lower case.",
        )
    reserved = [name for name in columns if name in RESERVED]
    if reserved:
        raise refusal(path, f"a column is called {some(reserved)}", fix="Call it something else.")
    at = {name: i for i, name in enumerate(grid.header)}
    index = {name: i for i, name in enumerate(names)}
    features = {name: np.full((len(names), len(names)), np.nan) for name in columns}
    row_of: dict[tuple[str, str], int] = {}
    for number, cells in grid.rows:
        source, target = (
            read_name(cells[at[side]], path=path, place=f"row {number}, column {shown(side)}")
            for side in PAIR_COLUMNS
        )
        if (source, target) in row_of:
            pair = f"{shown(source)} -> {shown(target)}"
            raise refusal(
                path,
                f"the same pair twice: rows {row_of[source, target]} and {number} are both {pair}",
                fix="Keep one row per pair.",
            )
        row_of[source, target] = number
        for name in columns:
            figure = read_number(cells[at[name]], path=path, row=number, names=(source, target), column=name)
            if source in index and target in index:
                features[name][index[source], index[target]] = figure
    _check_tasks(path, row_of, index, matrix=matrix)
    for name, feature in features.items():
        _check_not_the_matrix(path, name, feature, value, matrix=matrix)
    return features


def _check_tasks(
    path: Path, row_of: dict[tuple[str, str], int], index: dict[str, int], *, matrix: Path
) -> None:
    """Refuse tasks that the matrix does not have."""
    unknown = {name: row for pair, row in row_of.items() for name in pair if name not in index}
    if len(unknown) == len({name for pair in row_of for name in pair}):
        raise refusal(
            path,
            f"none of its tasks is one of {matrix.name}: {some([*unknown])} here, {some([*index])} there",
            fix="Spell the tasks as in the matrix.",
        )
    if unknown:
        raise refusal(
            path,
            f"{len(unknown)} of its tasks are not in {matrix.name}: {some([*unknown])}, the first in row "
            f"{min(unknown.values())}",
            fix="Spell the tasks as in the matrix, or delete these rows.",
        )


def _check_not_the_matrix(
    path: Path, name: str, feature: FloatMatrix, value: FloatMatrix, *, matrix: Path
) -> None:
    """Refuse a feature that tells what is to be recovered."""
    both = np.isfinite(feature) & np.isfinite(value)
    ours, theirs = feature[both], value[both]
    if both.sum() < 3 or np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return
    if abs(np.corrcoef(ours, theirs)[0, 1]) > SAME_BEYOND:
        raise refusal(
            path,
            f"column {shown(name)} repeats the affinities of {matrix.name}, which are to be recovered",
            fix="Leave it out.",
        )
