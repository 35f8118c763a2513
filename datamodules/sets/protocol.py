"""The splits of the sets track: which sets and single transfers are known, and which sets are asked for."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError
from datamodules.matrix_types import BoolMatrix
from datamodules.sets.task_sets import IntVector, TaskSets
from datamodules.splits.protocol import DEVELOPMENT_SEED, make_splits

TRACK_VERSION = 1
FOLDS = 3
# Repeats by the number of sets: large tables ask for thousands in each split.
REPEATS = ((5_000, 2), (10**9, 1))

SetSetting = Literal["random", "new-runs", "larger", "pairs-only"]
KnownPairs = Literal["all", "2/3"]
BoolVector = npt.NDArray[np.bool_]

SETTINGS: dict[SetSetting, str] = {
    "random": "a third of each target's sets is hidden, at random",
    "new-runs": "a third of the training runs is hidden, with all that they measured",
    "larger": "two thirds of the smaller sets are known, larger ones are asked for",
    "pairs-only": "as random, but no set is known at all",
}
PAIRS: tuple[KnownPairs, ...] = ("all", "2/3")


@dataclass(frozen=True)
class SetSplit:
    """One fixed choice of known sets, asked sets and known single transfers.

    Attributes:
        number: number of the split, from 0.
        observed: [M] bool, sets whose values are known.
        query: [M] bool, sets to rank; disjoint from ``observed``.
        pairs: [N, N] bool, single transfers that are known.
    """

    number: int
    observed: BoolVector
    query: BoolVector
    pairs: BoolMatrix

    @property
    def hash(self) -> str:
        """SHA-256 of the three masks: splits are identical if and only if their hashes are."""
        digest = hashlib.sha256(f"sets v{TRACK_VERSION}:{self.number}:{self.observed.size}".encode())
        for mask in (self.observed, self.query, self.pairs):
            digest.update(np.packbits(mask).tobytes())
        return digest.hexdigest()


def settings_of(sets: TaskSets) -> list[SetSetting]:
    """The settings that a table has: runs are hidden as a whole only where one run measured several sets."""
    together = len(np.unique(sets.run)) < len(sets.run)
    return [name for name in SETTINGS if name != "new-runs" or together]


def make_set_splits(
    sets: TaskSets, *, setting: SetSetting, pairs: KnownPairs = "all", development: bool = False
) -> list[SetSplit]:
    """Build the splits of a setting: each third of a partition is hidden in turn.

    There are six, of two partitions, or three where there are more than 5,000 sets.

    They depend on which sets and transfers exist and on nothing else. Splits of the same number hide the same
    transfers in every setting, and the same sets in ``random`` and ``pairs-only``.

    Args:
        sets: the measured sets.
        setting: which sets are known and asked for.
        pairs: the single transfers that are known: ``all``, or the ``2/3`` that the recovery track's split of
            the same number shows.
        development: build development splits, which have seeds of their own, for design choices; no board
            uses them.

    Returns:
        The splits.

    Raises:
        UserError: if there is no larger set to ask for.
    """
    seed = DEVELOPMENT_SEED if development else TRACK_VERSION
    count = FOLDS * next(repeats for most, repeats in REPEATS if len(sets.target) <= most)
    shown = [sets.table.eligible] * count
    if pairs != "all":
        hiding = make_splits(
            sets.table.eligible,
            setting="transductive",
            numbers=range(count),
            development=development,
        )
        shown = [split.observed | split.validation for split in hiding]
    whole_runs = setting in ("new-runs", "larger")
    splits = []
    for number in range(count):
        rng = np.random.default_rng([seed, number // FOLDS])
        fold_of = _run_folds(sets.run, rng) if whole_runs else _folds_per_target(sets.target, rng)
        hidden = fold_of == number % FOLDS
        observed, query = ~hidden, hidden
        if setting == "larger":
            query = sets.size > largest_known(sets)
            observed = ~hidden & ~query
        elif setting == "pairs-only":
            observed = np.zeros_like(hidden)
        splits.append(SetSplit(number, observed, query, shown[number]))
    return splits


def largest_known(sets: TaskSets) -> int:
    """Sources of the largest sets that the setting ``larger`` knows: at most half of all sets are larger.

    Raises:
        UserError: if all sets are of one size.
    """
    size = sets.size
    most = next(int(each) for each in np.unique(size) if (size > each).mean() <= 0.5)
    if not (size > most).any():
        raise UserError(
            f"{sets.table.name}: no sets are larger than most: this table has no setting 'larger'"
        )
    return most


def _run_folds(run: IntVector, rng: np.random.Generator) -> IntVector:
    """[M] int64: thirds of the runs."""
    runs, number = np.unique(run, return_inverse=True)
    fold = np.empty(len(runs), dtype=np.int64)
    fold[rng.permutation(len(runs))] = np.arange(len(runs)) % FOLDS
    return fold[number.reshape(-1)]


def _folds_per_target(target: IntVector, rng: np.random.Generator) -> IntVector:
    """[M] int64: thirds of each target's sets; which of them gets one more is random."""
    fold = np.empty(len(target), dtype=np.int64)
    for each in np.unique(target):
        own = rng.permutation(np.flatnonzero(target == each))
        fold[own] = (np.arange(len(own)) + rng.integers(FOLDS)) % FOLDS
    return fold
