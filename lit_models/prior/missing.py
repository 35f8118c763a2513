"""Which transfers exist in a synthetic table, and which of them are hidden."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix


class Hidden(NamedTuple):
    """What is to be predicted.

    Attributes:
        mask: [N, N] bool, hidden transfers; inside the eligible ones.
        new: [N] bool, tasks of which no transfer is revealed in either role.
    """

    mask: BoolMatrix
    new: npt.NDArray[np.bool_]


def draw_eligible(rng: np.random.Generator, count: int) -> BoolMatrix:
    """All pairs of different tasks; or without some tasks' rows or columns; or bipartite; or with holes.

    Args:
        rng: draws which.
        count: N.

    Returns:
        [N, N] bool, never the diagonal.
    """
    eligible = ~np.eye(count, dtype=bool)
    draw = rng.random()
    if draw < 0.3:
        eligible[rng.random(count) < rng.uniform(0.0, 0.3)] = False
        eligible[:, rng.random(count) < rng.uniform(0.0, 0.3)] = False
    elif draw < 0.37:
        is_source = rng.random(count) < rng.uniform(0.3, 0.7)
        eligible &= is_source[:, None] & ~is_source
    if rng.random() < 0.12:
        eligible &= rng.random((count, count)) > rng.uniform(0.0, 0.2)
    return eligible


def draw_hidden(
    rng: np.random.Generator, eligible: BoolMatrix, value: FloatMatrix, *, varied: bool = True
) -> Hidden:
    """Hide transfers in one of the ways in which real ones are not measured.

    Args:
        rng: draws the pattern: equitable folds in most worlds, new tasks, random entries, whole rows beside
            random entries, or all but what looked best beforehand.
        eligible: [N, N] bool.
        value: [N, N] float64, for the last.
        varied: draw the pattern; otherwise equitable folds in all worlds.

    Returns:
        What is hidden.
    """
    count = len(eligible)
    nobody = np.zeros(count, dtype=bool)
    draw = rng.random()
    if draw < 0.55 or not varied:
        return Hidden(eligible & _equitable(rng, count), nobody)
    if draw < 0.75:
        new = rng.random(count) < rng.uniform(0.1, 0.35)
        new[rng.integers(count)] = True
        known_hidden = rng.random((count, count)) < rng.choice([0.0, 0.1, 0.3])
        return Hidden(eligible & (new[:, None] | new | known_hidden), new)
    mask = rng.random((count, count)) < rng.uniform(0.1, 0.85)
    if draw < 0.84:
        mask[rng.random(count) < rng.uniform(0.0, 0.3)] = True
    elif draw < 0.9:
        # Someone measured what was promising: the order is half known beforehand.
        promise = value + rng.uniform(0.3, 2.0) * value.std(0) * rng.normal(size=value.shape)
        mask = promise < np.quantile(promise, rng.uniform(0.3, 0.7), axis=0)
    return Hidden(eligible & mask, nobody)


def _equitable(rng: np.random.Generator, count: int) -> BoolMatrix:
    """One fold of several, or all but one, with the same number in every row and column up to one.

    Diagonals of a cyclic Latin square under a random renaming: what
    :func:`datamodules.splits.folds.equitable_folds` finds by swapping along paths, a thousand times faster
    and only for full tables.
    """
    folds = int(rng.choice([2, 3, 4, 5], p=[0.15, 0.65, 0.1, 0.1]))
    fold_of_diagonal = np.append(-1, rng.permutation(np.arange(count - 1) % folds))
    position = rng.permutation(count)
    fold = fold_of_diagonal[(position[:, None] - position) % count]
    one = fold == rng.integers(folds)
    return one if folds != 3 or rng.random() < 0.85 else ~one
