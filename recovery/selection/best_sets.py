"""The best set of at most k sources for each target: among given sets, or by search."""

from collections.abc import Callable
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from datamodules.errors import UserError
from datamodules.matrix_types import BoolMatrix
from recovery.selection.source_sets import FloatVector, IntVector, ScoredSets, best_rows

# Scores sets: from members [M, S] bool and target [M] int64 to [M] float64, higher is better.
SetScorer = Callable[[BoolMatrix, IntVector], FloatVector]

EXHAUSTIVE = 20_000  # sets of a target up to which all are scored
BEAM = 50  # sets of each size that are extended, where there are more


class BestSets(NamedTuple):
    """What was found for each of T targets.

    Attributes:
        members: [T, S] bool, the set; empty for a target without a source.
        score: [T] float64; −inf for such a target.
        exact: [T] bool, whether every set was scored.
    """

    members: BoolMatrix
    score: FloatVector
    exact: BoolMatrix


def best_given_sets(sets: ScoredSets, *, targets: int, at_most: int) -> IntVector:
    """Choose the best of given sets for each target.

    Args:
        sets: scored sets.
        targets: number T of targets.
        at_most: sources that a set may have.

    Returns:
        [T] int64, the row of the best set of each target: the smallest, then the first, of equal ones; −1
        for a target without a set of this size.

    Raises:
        UserError: if ``at_most`` is not positive.
    """
    _check(at_most)
    return best_rows(sets, sets.members.sum(1) <= at_most, targets=targets)


def search_best_sets(score: SetScorer, eligible: BoolMatrix, *, at_most: int) -> BestSets:
    """Find the best set of at most k sources for each target.

    All sets are scored where a target has at most 20,000 of them. Otherwise the 50 best sets of each size are
    extended by every further source (beam search), and the best set of any size is returned.

    Args:
        score: scores sets; called with many sets of one target at a time.
        eligible: [S, T] bool, sources that each target may use.
        at_most: sources that a set may have.

    Returns:
        The best set of each target: the smallest, then the first, of equal ones.

    Raises:
        UserError: if ``at_most`` is not positive.
    """
    _check(at_most)
    sources, targets = eligible.shape
    found = BestSets(
        np.zeros((targets, sources), dtype=bool), np.full(targets, -np.inf), np.ones(targets, dtype=bool)
    )
    for target in range(targets):
        usable: list[int] = np.flatnonzero(eligible[:, target]).tolist()
        largest = min(at_most, len(usable))
        count = sum(comb(len(usable), size) for size in range(1, largest + 1))
        found.exact[target] = count <= EXHAUSTIVE
        beam: list[tuple[int, ...]] = [()]
        for size in range(1, largest + 1):
            if found.exact[target]:
                tried = list(combinations(usable, size))
            else:
                tried = sorted(
                    {tuple(sorted((*own, new))) for own in beam for new in usable if new not in own}
                )
            members = np.zeros((len(tried), sources), dtype=bool)
            np.put_along_axis(members, np.array(tried), True, 1)
            scores = score(members, np.full(len(tried), target))
            best = int(np.argmax(scores))
            if scores[best] > found.score[target]:
                found.members[target], found.score[target] = members[best], scores[best]
            beam = [tried[row] for row in np.argsort(-scores, kind="stable")[:BEAM]]
    return found


def _check(at_most: int) -> None:
    if at_most < 1:
        raise UserError(f"at most {at_most} sources: give 1 or more")
