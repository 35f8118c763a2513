"""What a strategy picks, as runs of a campaign."""

import numpy as np

from recovery.plan.costs import Costs
from recovery.plan.ledger import Ledger
from recovery.plan.pick import picks
from recovery.plan.run import Run
from recovery.plan.words import reason
from recovery.strategies.base import PlanState, PlanStrategy

FREE = 1e-12  # of the smallest cost that there is


def pick_runs(
    ledger: Ledger, state: PlanState, strategy: PlanStrategy, costs: Costs, *, count: int, within: float
) -> list[Run]:
    """Let a strategy pick runs, and say why.

    Args:
        ledger: the campaign; the picked runs are added to it.
        state: what is known.
        strategy: picks.
        costs: of the runs.
        count: how many at most.
        within: what they may cost together.

    Returns:
        The runs, best first.

    Raises:
        UserError: if a strategy's gains are not usable.
    """
    lower_is_better = ledger.measurements.lower_is_better
    found: list[Run] = []
    least = _least(costs)
    # Failed runs, which no strategy sees, have set up their sources as well.
    to_pay = Costs(np.maximum(costs.run, least), np.where(ledger.taken.any(1), 0.0, costs.set_up))
    for pick in picks(state, strategy, to_pay, count=count, within=within + count * least):
        source, target = ledger.names(pick.source, pick.target)
        words = reason(state, pick.source, pick.target, lower_is_better=lower_is_better)
        cost = float(costs.of_runs(ledger.taken)[pick.source, pick.target])
        found.append(
            Run(source=source, target=target, kind="picked", cost=cost, gain=pick.gain, reason=words)
        )
        ledger.add(found[-1:])
    return found


def _least(costs: Costs) -> float:
    """What free runs are taken to cost, so that they go before all others, by their gain."""
    every = np.append(costs.run, costs.set_up)
    positive = every[every > 0.0]
    return FREE * float(positive.min()) if len(positive) else 1.0
