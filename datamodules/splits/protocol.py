"""The protocol's splits: fixed, numbered, hashed, never resampled.

A split depends on nothing but which transfers exist and on its own number, so it is the same for every
model, label and run, and a change of any affinity leaves it where it was.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError, unknown_name
from datamodules.matrix_types import BoolMatrix
from datamodules.splits.folds import equitable_folds

PROTOCOL_VERSION = 1
# Stands in the seeds of development splits where the version stands in the protocol's: far above any version.
DEVELOPMENT_SEED = 1_000_000

Setting = Literal["transductive", "inductive"]
Mask = Literal["1/3", "1/2", "2/3"]

VALIDATION_SHARE = 0.1
HELD_OUT_SHARE = 0.2
MIN_QUERIES = 3  # of a target, to count: with two, every correlation is ±1
INDUCTIVE_SPLITS = 21


@dataclass(frozen=True)
class FoldPlan:
    """How a share of hidden entries is made of folds.

    Attributes:
        folds: number of equitable folds of a repeat.
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
    """One fixed choice of observed, validation and query entries; all three [N, N], source × target.

    Attributes:
        number: the split's number in its sequence.
        repeat: which partition into folds it belongs to (inductive: equals ``number``).
        observed: revealed entries that a model trains on.
        validation: revealed entries that a model is selected on.
        query: entries to predict.
        new: [N] tasks that are held out in both roles; none in the transductive setting.
    """

    number: int
    repeat: int
    observed: BoolMatrix
    validation: BoolMatrix
    query: BoolMatrix
    new: npt.NDArray[np.bool_]

    @property
    def hash(self) -> str:
        """SHA-256 over the four masks: two splits are the same if and only if their hashes are."""
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
    """Build the protocol's splits of a table, or others of the same make.

    Args:
        eligible: [N, N] bool, transfers that exist in the table.
        setting: ``transductive`` or ``inductive``.
        mask: share of hidden entries; transductive only.
        numbers: which splits; all when omitted.
        development: splits from seeds of their own, to choose hyper-parameters on; no board uses them. On
            a small table some may hold out the same tasks as the protocol's: there are few to choose from.

    Returns:
        The splits in the order of ``numbers``.

    Raises:
        UserError: for an unknown setting, mask or split number.
    """
    if mask not in MASKS:
        raise unknown_name("mask", mask, MASKS)
    seed = DEVELOPMENT_SEED if development else PROTOCOL_VERSION
    if setting == "inductive":
        splits = _inductive_splits(eligible, seed=seed)
    elif setting == "transductive":
        splits = _transductive_splits(eligible, mask, seed=seed)
    else:
        raise unknown_name("setting", setting, ("transductive", "inductive"))
    wanted = range(len(splits)) if numbers is None else numbers
    if not wanted:
        raise UserError("no split was asked for: name at least one number, or leave them out for all")
    for number in wanted:
        if not 0 <= number < len(splits):
            raise UserError(f"split {number} was asked for, but there are {len(splits)}, numbered from 0")
    return [splits[number] for number in wanted]


def _transductive_splits(eligible: BoolMatrix, mask: Mask, *, seed: int) -> list[Split]:
    plan = MASKS[mask]
    splits: list[Split] = []
    for repeat in range(plan.repeats):
        # 1/3 and 2/3 share their folds: the seed names the number of folds, not the mask
        rng = np.random.default_rng([seed, plan.folds, repeat])
        fold_of = equitable_folds(eligible, folds=plan.folds, rng=rng)
        for fold in range(plan.folds):
            query = (fold_of == fold) if plan.hide_one else (eligible & (fold_of != fold))
            number = len(splits)
            rng = np.random.default_rng([seed, plan.folds, repeat, fold, int(plan.hide_one)])
            validation = validation_entries(eligible & ~query, rng=rng)
            observed = eligible & ~query & ~validation
            splits.append(Split(number, repeat, observed, validation, query, np.zeros(len(eligible), bool)))
    return splits


def validation_entries(revealed: BoolMatrix, *, rng: np.random.Generator) -> BoolMatrix:
    """Choose 10 % of the revealed entries at random, at least 2 others staying in every row and column.

    Args:
        revealed: [N, N] bool, what there is to choose from.
        rng: draws them.

    Returns:
        [N, N] bool, the chosen entries.
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


def _inductive_splits(eligible: BoolMatrix, *, seed: int) -> list[Split]:
    """Hold out a fifth of the tasks in both roles, every task about equally often over the splits."""
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


def task_sides(eligible: BoolMatrix) -> list[npt.NDArray[np.int64]]:
    """The sets of tasks that are held out separately: sources and targets if no task is both, else all.

    Args:
        eligible: [N, N] bool, transfers that exist in the table.

    Returns:
        One array of task indices, or two (sources, targets) for a bipartite table.
    """
    source, target = eligible.any(1), eligible.any(0)
    if not (source & target).any():
        return [np.flatnonzero(source), np.flatnonzero(target)]
    return [np.arange(len(eligible))]


def validation_sides(eligible: BoolMatrix) -> list[tuple[npt.NDArray[np.int64], int]]:
    """Which known tasks may be treated as new, and how many are: two with both roles, or one of each side.

    Args:
        eligible: [N, N] bool, transfers that exist in the table.

    Returns:
        One array of task indices and its number, or two for a bipartite table.
    """
    sides = task_sides(eligible)
    if len(sides) == 1:
        return [(np.flatnonzero(eligible.any(1) & eligible.any(0)), 2)]
    return [(side, 1) for side in sides]
