"""Replaying a campaign: batches of runs, and the matrix that is recovered after each."""

import time

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix
from recovery.strategies.base import PlanState
from recovery.strategies.registry import STRATEGIES as ALL
from recovery.tracks.budget.shares import FROM_A_TENTH, SHARES
from recovery.tracks.campaign.entry import Entry
from recovery.tracks.campaign.isolated_strategy import worker_seconds
from recovery.tracks.campaign.replay import replay
from recovery.tracks.campaign.result import StartScores
from recovery.tracks.campaign.scores import regret, spearman
from recovery.tracks.campaign.track import Track

TRACK_VERSION = 1
STARTS = 21
SET_UP = 5.0  # what setting a source up costs in runs, for the curves against cost
SPARSE = 0.1
STRATEGIES = tuple(name for name in ALL if name != "network-shared")  # which has another goal
# A campaign takes thousands of picks there.
LARGE_TABLE_TASKS = 40
STRATEGIES_OF_LARGE_TABLE = ("random", "round-robin", "source-mean", "network-improvement", "network-ranks")


def strategies_for(table: AffinityTable) -> tuple[str, ...]:
    """Which strategies are compared on a table: a shorter list if it has more than 40 tasks."""
    return STRATEGIES if len(table.task_names) <= LARGE_TABLE_TASKS else STRATEGIES_OF_LARGE_TABLE


def run_start(table: AffinityTable, entry: Entry, number: int) -> list[StartScores]:
    """Replay one start, from nothing and from a random tenth of the matrix.

    Args:
        table: a measured matrix.
        entry: the strategy.
        number: of the start.

    Returns:
        Two campaigns. After each share, the matrix is recovered by the prior-fitted network, whatever the
        strategy: ``regret`` of the source that looks best, ``spearman`` over all cells of a target, both mean
        over targets, and the ``cost`` so far in runs, if setting up a source costs five.
    """
    found = []
    for name, shares in SHARES.items():
        started = time.process_time()
        known = _known_at_start(table.eligible, name, number)
        total = table.eligible.sum()
        reached = [int(known.sum()), *(round(share * total) for share in shares)]
        batches = np.diff(reached).tolist()
        strategy = entry.strategy(ahead=max(batches))
        campaign = replay(
            table,
            strategy,
            known=known,
            candidates=table.eligible,
            batches=batches,
            seed=number,
        )
        next(campaign)  # the start, which is the same for all
        scores: dict[str, list[float]] = {"regret": [], "spearman": [], "cost": []}
        for state in campaign:
            for measure, value in _scores(table, state).items():
                scores[measure].append(value)
        seconds = time.process_time() - started + worker_seconds(strategy)
        found.append(
            StartScores(number=number, name=name, points=list(shares), scores=scores, seconds=seconds)
        )
    return found


def _known_at_start(eligible: BoolMatrix, name: str, number: int) -> BoolMatrix:
    known = np.zeros_like(eligible)
    if name == FROM_A_TENTH:
        rng = np.random.default_rng([TRACK_VERSION, number])
        places = np.argwhere(eligible)
        known[tuple(rng.permutation(places)[: round(SPARSE * len(places))].T)] = True
    return known


def _scores(table: AffinityTable, state: PlanState) -> dict[str, float]:
    guide = state.models.network.mean
    return {
        "regret": regret(table, guide),
        "spearman": spearman(table, guide),
        "cost": float(state.known.sum() + SET_UP * state.known.any(1).sum()),
    }


TRACK = Track(
    name="budget",
    version=TRACK_VERSION,
    strategies=strategies_for,
    starts=lambda table: STARTS,  # noqa: ARG005  # the same for all
    run_start=run_start,
)
