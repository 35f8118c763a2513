"""Campaigns on a sham of a matrix, in which a strategy that knows the real one gives itself away."""

import numpy as np

from benchmark.verifying.sham import Sham, judge_sham, sham_table
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import FloatMatrix
from datamodules.splits.protocol import Split
from recovery.tracks.campaign.entry import Entry
from recovery.tracks.campaign.replay import replay

BATCHES = (1, 1, 1, 2, 3)


def judge_campaigns(table: AffinityTable, entry: Entry, rng: np.random.Generator) -> Sham:
    """Let a strategy find sources of each target on a sham, and judge its picks by the real matrix.

    Every other column of the sham is known. A source scores the more, the earlier it is picked.

    Args:
        table: the real matrix.
        entry: the strategy.
        rng: random generator, which the strategy must not know.

    Returns:
        The outcome.
    """
    sham = sham_table(table, rng=rng)
    scores, splits = [], []
    nothing, none_new = np.zeros_like(table.eligible), np.zeros(len(table.eligible), dtype=bool)
    for number, target in enumerate(np.flatnonzero(table.eligible.any(0))):
        asked = nothing.copy()
        asked[:, target] = table.eligible[:, target]
        known = table.eligible & ~asked
        scores.append(_earliness(sham, entry, target=int(target), seed=int(rng.integers(2**31))))
        splits.append(Split(number, number, known, nothing, asked, none_new))
    return judge_sham(np.stack(scores), splits, table, rng=rng)


def _earliness(sham: AffinityTable, entry: Entry, *, target: int, seed: int) -> FloatMatrix:
    """[N, N] float64: in how many of the states after a batch a source is measured for the target."""
    candidates = np.zeros_like(sham.eligible)
    candidates[:, target] = sham.eligible[:, target]
    states = replay(
        sham,
        entry.strategy(ahead=max(BATCHES)),
        known=sham.eligible & ~candidates,
        candidates=candidates,
        batches=BATCHES,
        seed=seed,
    )
    found: FloatMatrix = np.sum([state.known & candidates for state in states], axis=0, dtype=np.float64)
    return found
