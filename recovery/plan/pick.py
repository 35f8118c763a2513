"""Picking runs one after the other: the one that is worth most for its cost."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from datamodules.errors import UserError
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.plan.costs import Costs
from recovery.strategies.base import PlanState, PlanStrategy

TIES = 1e-9  # relative difference below which two runs are worth the same


class Pick(NamedTuple):
    """A run that a strategy picked.

    Attributes:
        source: index of the source.
        target: index of the target.
        cost: what it costs, set-up included where it has to be paid.
        gain: what the strategy says it is worth.
    """

    source: int
    target: int
    cost: float
    gain: float


def picks(
    state: PlanState, strategy: PlanStrategy, costs: Costs, *, count: int, within: float = np.inf
) -> Iterator[Pick]:
    """Pick runs until there are enough, nothing is left, or nothing is affordable.

    Args:
        state: what is known and pending.
        strategy: says what runs are worth.
        costs: what they cost.
        count: how many at most.
        within: what they may cost together.

    Yields:
        One by one; each is pending when the next is picked.

    Raises:
        UserError: if a strategy's gains are not usable.
    """
    for _ in range(count):
        cost = costs.of_runs(state.known | state.pending)
        open_ = state.candidates & (cost <= within)
        if not open_.any():
            return
        gains = checked(strategy.gains(state), open_, name=type(strategy).__name__)
        source, target = _best(gains, cost, open_, state.rng)
        pick = Pick(source, target, float(cost[source, target]), float(gains[source, target]))
        yield pick
        within -= pick.cost
        state = state.with_pending(source, target)


def checked(gains: FloatMatrix, candidates: BoolMatrix, *, name: str) -> FloatMatrix:
    """Refuse gains that runs cannot be ranked by.

    Args:
        gains: what a strategy returned.
        candidates: [N, N] bool, where they are read.
        name: of the strategy, for the message.

    Returns:
        The gains.

    Raises:
        UserError: for another shape, or a gain that is negative or not finite.
    """
    gains = np.asarray(gains, dtype=np.float64)
    if gains.shape != candidates.shape:
        raise UserError(
            f"{name}.gains returned an array of shape {gains.shape}, not {candidates.shape}: return one "
            "number for every source (row) and target (column)"
        )
    wrong = candidates & ~(np.isfinite(gains) & (gains >= 0))
    if wrong.any():
        source, target = np.argwhere(wrong)[0]
        raise UserError(
            f"{name}.gains returned {gains[source, target]} for source {source} and target {target}: gains "
            "are divided by costs, so return finite numbers of 0 or more"
        )
    return gains


def _best(
    gains: FloatMatrix, cost: FloatMatrix, candidates: BoolMatrix, rng: np.random.Generator
) -> tuple[int, int]:
    """The largest gain per cost; among equal ones, the cheapest, and then one at random."""
    worth = np.where(candidates, gains / np.maximum(cost, np.finfo(np.float64).tiny), -1.0)
    equal = worth >= worth.max() * (1 - TIES)
    cheapest = equal & (cost <= cost[equal].min())
    places = np.argwhere(cheapest)
    source, target = places[rng.integers(len(places))]
    return int(source), int(target)
