"""What a strategy picks, as runs of a campaign."""

from recovery.plan.costs import Costs
from recovery.plan.ledger import Ledger
from recovery.plan.pick import picks
from recovery.plan.run import Run
from recovery.plan.words import reason
from recovery.strategies.base import PlanState, PlanStrategy


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
    found = []
    for pick in picks(state, strategy, costs, count=count, within=within):
        source, target = ledger.names(pick.source, pick.target)
        words = reason(state, pick.source, pick.target, lower_is_better=lower_is_better)
        found.append(
            Run(source=source, target=target, kind="picked", cost=pick.cost, gain=pick.gain, reason=words)
        )
    ledger.add(found)
    return found
