"""The protocol's splits: fixed, numbered and hashed, never resampled.

A split depends only on its number and on which transfers exist, so it is the same for every model, label and
run, and changed affinity values leave it unchanged. A process computes each split once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError, unknown_name
from datamodules.matrix_types import BoolMatrix
from datamodules.splits.folds import equitable_folds

PROTOCOL_VERSION = 1
# Replaces the protocol version in the seeds of development splits; far above any version.
DEVELOPMENT_SEED = 1_000_000

Setting = Literal["transductive", "inductive"]
Mask = Literal["1/3", "1/2", "2/3"]

VALIDATION_SHARE = 0.1
HELD_OUT_SHARE = 0.2
MIN_QUERIES = 3  # query entries that a target needs to be scored: with two, every correlation is ±1
INDUCTIVE_SPLITS = 21

# Repeats whose splits a process remembers, all ratios of one matrix: 100 MB for 600 × 600 tasks.
_REMEMBERED = 32


@dataclass(frozen=True)
class FoldPlan:
    """How a missing ratio is realised by folds.

    Attributes:
        folds: number of equitable folds per repeat.
        repeats: number of repeats, each with its own folds.
        hide_one: hide one fold and reveal the others; otherwise reveal one and hide the others.
    """

    folds: int
    repeats: int
    hide_one: bool


MASKS: dict[Mask, FoldPlan] = {
    "1/3": FoldPlan(folds=3, repeats=7, hide_one=True),
    "1/2": FoldPlan(folds=2, repeats=10, hide_one=True),
    "2/3": FoldPlan(folds=3, repeats=7, hide_one=False),
}


@dataclass(frozen=True)
class Split:
    """One fixed choice of observed, validation and query entries.

    Attributes:
        number: number of the split, from 0.
        repeat: number of the partition into folds that it belongs to (inductive: equals ``number``).
        observed: [N, N] bool, source × target, revealed entries to train on.
        validation: [N, N] bool, revealed entries for early stopping and calibration.
        query: [N, N] bool, entries to predict.
        new: [N] bool, tasks that are held out in both roles; none in the transductive setting.
    """

    number: int
    repeat: int
    observed: BoolMatrix
    validation: BoolMatrix
    query: BoolMatrix
    new: npt.NDArray[np.bool_]

    @property
    def hash(self) -> str:
        """SHA-256 of the four masks: splits are identical if and only if their hashes are."""
        digest = hashlib.sha256(f"v{PROTOCOL_VERSION}:{self.number}:{self.new.size}".encode())
        for mask in (self.observed, self.validation, self.query, self.new):
            digest.update(np.packbits(mask).tobytes())
        return digest.hexdigest()


def make_splits(
    eligible: BoolMatrix,
    *,
    setting: Setting,
    mask: Mask = "1/3",
    numbers: Sequence[int] | None = None,
    development: bool = False,
) -> list[Split]:
    """Build the protocol's splits of a table, or development splits of the same kind.

    Args:
        eligible: [N, N] bool, transfers that exist in the table.
        setting: ``transductive`` or ``inductive``.
        mask: missing ratio; transductive only.
        numbers: numbers of the splits to build; all if omitted.
        development: build development splits, which have seeds of their own, for choosing hyperparameters; no
            board uses them. On a small table, some may hold out the same tasks as the protocol's splits.

    Returns:
        The splits in the order of ``numbers``.

    Raises:
        UserError: for an unknown setting, missing ratio or split number.
    """
    seed = DEVELOPMENT_SEED if development else PROTOCOL_VERSION
    packed, shape = eligible.tobytes(), eligible.shape
    count = count_splits(setting, mask)
    wanted = range(count) if numbers is None else numbers
    if not wanted:
        raise UserError("no split was requested: give at least one number, or omit them for all splits")
    for number in wanted:
        if not 0 <= number < count:
            raise UserError(f"there is no split {number}: choose from the {count} splits 0 to {count - 1}")
    if setting == "inductive":
        splits = [_inductive_splits(packed, shape, seed=seed)[number] for number in wanted]
    else:
        folds = MASKS[mask].folds
        splits = [
            _transductive_splits(packed, shape, mask, seed=seed, repeat=number // folds)[number % folds]
            for number in wanted
        ]
    return [_copy(split) for split in splits]


def count_splits(setting: Setting, mask: Mask = "1/3") -> int:
    """Number of splits of the protocol.

    Args:
        setting: ``transductive`` or ``inductive``.
        mask: missing ratio; transductive only.

    Returns:
        The number, whatever the table.

    Raises:
        UserError: for an unknown setting or missing ratio.
    """
    if mask not in MASKS:
        raise unknown_name("mask", mask, MASKS)
    if setting not in get_args(Setting):
        raise unknown_name("setting", setting, get_args(Setting))
    plan = MASKS[mask]
    return INDUCTIVE_SPLITS if setting == "inductive" else plan.repeats * plan.folds


def _copy(split: Split) -> Split:
    """So that nobody writes to arrays that others get too."""
    own = {name: getattr(split, name).copy() for name in ("observed", "validation", "query", "new")}
    return replace(split, **own)


@lru_cache(_REMEMBERED)
def _transductive_splits(
    packed: bytes, shape: tuple[int, int], mask: Mask, *, seed: int, repeat: int
) -> list[Split]:
    """The splits of one repeat; ``packed`` are the bytes of ``eligible``, which can be compared."""
    eligible = np.frombuffer(packed, dtype=bool).reshape(shape)
    plan = MASKS[mask]
    # 1/3 and 2/3 share their folds: the seed contains the number of folds, not the missing ratio
    fold_of = _folds(packed, shape, folds=plan.folds, seed=seed, repeat=repeat)
    splits: list[Split] = []
    for fold in range(plan.folds):
        query = (fold_of == fold) if plan.hide_one else (eligible & (fold_of != fold))
        rng = np.random.default_rng([seed, plan.folds, repeat, fold, int(plan.hide_one)])
        validation = validation_entries(eligible & ~query, rng=rng)
        observed = eligible & ~query & ~validation
        number = repeat * plan.folds + fold
        splits.append(Split(number, repeat, observed, validation, query, np.zeros(len(eligible), bool)))
    return splits


@lru_cache(_REMEMBERED)
def _folds(
    packed: bytes, shape: tuple[int, int], *, folds: int, seed: int, repeat: int
) -> npt.NDArray[np.int8]:
    eligible = np.frombuffer(packed, dtype=bool).reshape(shape)
    rng = np.random.default_rng([seed, folds, repeat])
    return equitable_folds(eligible, folds=folds, rng=rng).astype(np.int8)


def validation_entries(revealed: BoolMatrix, *, rng: np.random.Generator) -> BoolMatrix:
    """Choose 10 % of the revealed entries at random, leaving at least two in every row and column.

    Rows and columns with two or fewer revealed entries keep them all.

    Args:
        revealed: [N, N] bool, entries to choose from.
        rng: random generator.

    Returns:
        [N, N] bool, the chosen entries; fewer than 10 % if no more may be taken.
    """
    validation = np.zeros_like(revealed)
    left = round(VALIDATION_SHARE * int(revealed.sum()))
    in_row, in_column = revealed.sum(1).tolist(), revealed.sum(0).tolist()
    for source, target in rng.permutation(np.argwhere(revealed)).tolist():
        if not left:
            break
        if in_row[source] > 2 and in_column[target] > 2:
            validation[source, target] = True
            in_row[source] -= 1
            in_column[target] -= 1
            left -= 1
    return validation


@lru_cache(2)
def _inductive_splits(packed: bytes, shape: tuple[int, int], *, seed: int) -> list[Split]:
    """Hold out a fifth of the tasks in both roles; over the splits, every task about equally often."""
    eligible = np.frombuffer(packed, dtype=bool).reshape(shape)
    splits: list[Split] = []
    held_out_so_far = np.zeros(len(eligible), dtype=np.int64)
    for number in range(INDUCTIVE_SPLITS):
        rng = np.random.default_rng([seed, 0, number])
        new = np.zeros(len(eligible), bool)
        validation_tasks = np.zeros(len(eligible), bool)
        for side in task_sides(eligible):
            order = side[np.lexsort((rng.random(len(side)), held_out_so_far[side]))]
            new[order[: round(HELD_OUT_SHARE * len(side))]] = True
        held_out_so_far += new
        for side, count in validation_sides(eligible):
            validation_tasks[rng.permutation(side[~new[side]])[:count]] = True
        touches_new = new[:, None] | new[None, :]
        touches_validation = validation_tasks[:, None] | validation_tasks[None, :]
        query = eligible & touches_new
        validation = eligible & ~touches_new & touches_validation
        observed = eligible & ~touches_new & ~touches_validation
        splits.append(Split(number, number, observed, validation, query, new))
    return splits


def is_bipartite_table(eligible: BoolMatrix) -> bool:
    """Whether no task is both source and target.

    Args:
        eligible: [N, N] bool, transfers that exist in the table.
    """
    return not (eligible.any(1) & eligible.any(0)).any()


def task_sides(eligible: BoolMatrix) -> list[npt.NDArray[np.int64]]:
    """The sets of tasks to hold out from separately: sources and targets if no task is both, else all tasks.

    Args:
        eligible: [N, N] bool, transfers that exist in the table.

    Returns:
        One array of task indices, or two (sources, targets) for a bipartite table.
    """
    if is_bipartite_table(eligible):
        return [np.flatnonzero(eligible.any(1)), np.flatnonzero(eligible.any(0))]
    return [np.arange(len(eligible))]


def validation_sides(eligible: BoolMatrix) -> list[tuple[npt.NDArray[np.int64], int]]:
    """Candidates for validation tasks, which are treated as new, and how many to choose.

    Args:
        eligible: [N, N] bool, transfers that exist in the table.

    Returns:
        Pairs of task indices and count: two of the tasks with both roles or, for a bipartite table, one of
        the sources and one of the targets.
    """
    sides = task_sides(eligible)
    if len(sides) == 1:
        return [(np.flatnonzero(eligible.any(1) & eligible.any(0)), 2)]
    return [(side, 1) for side in sides]
