"""How measured cells may have been picked: the patterns of the coverage track."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.splits.protocol import task_sides
from datamodules.standardise import column_moments

NEW_SHARE = 0.2
DENSE, SPARSE = 0.2, 0.8  # shares that are hidden

Pattern = Callable[[BoolMatrix, FloatMatrix, np.random.Generator], BoolMatrix]


def a_third_hidden(eligible: BoolMatrix, value: FloatMatrix, rng: np.random.Generator) -> BoolMatrix:  # noqa: ARG001  # common signature
    """Every cell is hidden with probability 1/3."""
    return eligible & (rng.random(eligible.shape) >= 1 / 3)


def two_thirds_hidden(eligible: BoolMatrix, value: FloatMatrix, rng: np.random.Generator) -> BoolMatrix:  # noqa: ARG001  # common signature
    """Every cell is hidden with probability 2/3."""
    return eligible & (rng.random(eligible.shape) >= 2 / 3)


def sparse_rows(eligible: BoolMatrix, value: FloatMatrix, rng: np.random.Generator) -> BoolMatrix:  # noqa: ARG001  # common signature
    """A fifth of most cells is hidden, and four fifths of those of half of the sources."""
    hidden = _half(eligible.T, rng)
    return eligible & (rng.random(eligible.shape) >= hidden[:, None])


def sparse_columns(eligible: BoolMatrix, value: FloatMatrix, rng: np.random.Generator) -> BoolMatrix:  # noqa: ARG001  # common signature
    """A fifth of most cells is hidden, and four fifths of those of half of the targets."""
    hidden = _half(eligible, rng)
    return eligible & (rng.random(eligible.shape) >= hidden)


def good_ones(eligible: BoolMatrix, value: FloatMatrix, rng: np.random.Generator) -> BoolMatrix:
    """Per target, the half that looked best is measured: value and noise of its own deviation decide."""
    deviation = column_moments(value, eligible)[1]
    looks = np.where(eligible, value + deviation * rng.standard_normal(value.shape), -np.inf)
    place = (-looks).argsort(0).argsort(0)
    measured: BoolMatrix = eligible & (place < np.ceil(eligible.sum(0) / 2))
    return measured


def new_tasks(eligible: BoolMatrix, value: FloatMatrix, rng: np.random.Generator) -> BoolMatrix:  # noqa: ARG001  # common signature
    """A fifth of the tasks is new: nothing from or to them is measured, and everything else is."""
    new = np.zeros(len(eligible), dtype=bool)
    for side in task_sides(eligible):
        new[rng.permutation(side)[: round(NEW_SHARE * len(side))]] = True
    return eligible & ~(new[:, None] | new)


PATTERNS: dict[str, Pattern] = {
    "1/3 at random": a_third_hidden,
    "2/3 at random": two_thirds_hidden,
    "sparse rows": sparse_rows,
    "sparse columns": sparse_columns,
    "good ones": good_ones,
    "new tasks": new_tasks,
}
# Where cells are missing at random: what `random` promises is put to the test there, `by-hand` elsewhere.
AT_RANDOM = ("1/3 at random", "2/3 at random")


def _half(eligible: BoolMatrix, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Shares of the columns that are hidden: half of those with a cell are sparse."""
    tasks = np.flatnonzero(eligible.any(0))
    hidden = np.full(len(eligible), DENSE)
    hidden[rng.permutation(tasks)[: len(tasks) // 2]] = SPARSE
    return hidden
