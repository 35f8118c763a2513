"""Replaying a new target: every other column is known, and runs are picked one by one."""

import time

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from recovery.tracks.campaign.entry import Entry
from recovery.tracks.campaign.isolated_strategy import worker_seconds
from recovery.tracks.campaign.replay import replay
from recovery.tracks.campaign.result import StartScores
from recovery.tracks.campaign.scores import spans
from recovery.tracks.campaign.track import Track

TRACK_VERSION = 1
STARTS = 21
RUNS = (1, 2, 3, 5, 8)
FEWEST_SOURCES = 4
# What decides a campaign for one target; the others are of no use here.
STRATEGIES = (
    "random",
    "round-robin",
    "source-mean",
    "pivoted-qr",
    "d-optimal",
    "posterior-variance",
    "expected-improvement",
    "knowledge-gradient",
    "thompson",
    "network-improvement",
)


def new_targets(table: AffinityTable) -> list[int]:
    """The targets of the 21 starts: all of them equally often, as far as that goes, in random order.

    Args:
        table: a measured matrix.

    Returns:
        Indices of targets with four or more sources, not all equal.

    Raises:
        UserError: if there is no such target.
    """
    usable = np.flatnonzero((table.eligible.sum(0) >= FEWEST_SOURCES) & (spans(table) > 0))
    if not len(usable):
        raise UserError(
            f"{table.name}: no target has {FEWEST_SOURCES} measured sources that are not all equal, so there "
            "is nothing to choose among: measure more of it"
        )
    rng = np.random.default_rng(TRACK_VERSION)
    rounds = [rng.permutation(usable) for _ in range(-(-STARTS // len(usable)))]
    return [int(target) for target in np.concatenate(rounds)[:STARTS]]


def run_start(table: AffinityTable, entry: Entry, number: int) -> list[StartScores]:
    """Replay one start.

    Args:
        table: a measured matrix.
        entry: the strategy.
        number: of the start.

    Returns:
        One campaign: the regret of the best measured source after 1, 2, 3, 5 and 8 runs. It ends early once
        the best source is found.
    """
    started = time.process_time()
    strategy = entry.strategy(ahead=1)
    target = new_targets(table)[number]
    candidates = np.zeros_like(table.eligible)
    candidates[:, target] = table.eligible[:, target]
    own = table.value[:, target]
    best, span = own[candidates[:, target]].max(), spans(table)[target]
    lost = []
    for state in replay(
        table,
        strategy,
        known=table.eligible & ~candidates,
        candidates=candidates,
        batches=[1] * max(RUNS),
        seed=number,
    ):
        measured = state.known[:, target]
        if measured.any():
            lost.append(float((best - own[measured].max()) / span))
        if lost and not lost[-1]:
            break
    lost += [0.0] * (max(RUNS) - len(lost))
    return [
        StartScores(
            number=number,
            name=table.task_names[target],
            points=[float(runs) for runs in RUNS],
            scores={"regret": [lost[runs - 1] for runs in RUNS]},
            seconds=time.process_time() - started + worker_seconds(strategy),
        )
    ]


TRACK = Track(
    name="new-target",
    version=TRACK_VERSION,
    strategies=lambda table: STRATEGIES,  # noqa: ARG005  # the same for all
    starts=lambda table: len(new_targets(table)),
    run_start=run_start,
)
