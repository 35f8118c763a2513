"""Replaying a campaign on a table that is fully measured: a strategy picks, the table answers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix
from recovery.plan.costs import Costs
from recovery.plan.pick import picks
from recovery.strategies.base import Models, PlanState, PlanStrategy


def showing(table: AffinityTable, known: BoolMatrix) -> AffinityTable:
    """The table with all but the known values taken out: nothing that is handed on has them."""
    return replace(table, value=np.where(known, table.value, np.nan), replicates=None)


def replay(
    table: AffinityTable,
    strategy: PlanStrategy,
    *,
    known: BoolMatrix,
    candidates: BoolMatrix,
    batches: Sequence[int],
    seed: int,
) -> Iterator[PlanState]:
    """Let a strategy pick batches of runs, each with the values of those before it.

    Args:
        table: a measured matrix.
        strategy: picks the runs; every run costs the same.
        known: [N, N] bool, what is measured at the start.
        candidates: [N, N] bool, runs to choose from.
        batches: the sizes of the batches.
        seed: seed of draws.

    Yields:
        What is known at the start, and after every batch.
    """
    costs = Costs.equal(len(known))
    nothing = np.zeros_like(known)
    for size in [*batches, 0]:
        state = PlanState(
            models=Models(showing(table, known)),
            pending=nothing,
            candidates=candidates & ~known,
            shared=0,
            seed=seed,
        )
        yield state
        known = known.copy()
        for pick in picks(state, strategy, costs, count=size):
            known[pick.source, pick.target] = True
