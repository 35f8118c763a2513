"""The last runs of a budget, drawn at random from what is left: they calibrate intervals."""

import numpy as np

from datamodules.errors import UserError
from recovery.plan.costs import Costs
from recovery.plan.ledger import Ledger
from recovery.plan.run import Run
from recovery.target_units import FloatVector

USUAL_DRAW = 10
REASON = "drawn at random from what was left: calibrates the intervals, if all drawn ones are measured"


def number_of_draws(budget: float | None, calibrate: int | None, costs: FloatVector) -> int:
    """How many runs are drawn, of a budget.

    Args:
        budget: what all runs may cost; None for no draw.
        calibrate: how many to draw; None for the usual number.
        costs: what single runs cost.

    Returns:
        10 or a quarter of the runs that the budget pays for, unless said otherwise.

    Raises:
        UserError: for a budget of 0, or one that the draw uses up.
    """
    if budget is None:
        return 0
    if not budget > 0:
        raise UserError(f"a budget of {budget:g} pays for nothing: give more than 0")
    pays_for = budget / max(float(np.median(costs)), np.finfo(np.float64).tiny)
    if calibrate is None:
        return int(min(USUAL_DRAW, pays_for // 4))
    if calibrate and calibrate >= pays_for:
        raise UserError(
            f"{calibrate} drawn runs use up the budget of {budget:g}: calibrate with fewer, or with 0"
        )
    return calibrate


def dearest(ledger: Ledger, costs: Costs, *, draws: int) -> float:
    """What the draw costs at most: as many open runs, the dearest ones."""
    return float(np.sort(costs.of_runs(ledger.taken)[ledger.open])[::-1][:draws].sum())


def draw_runs(ledger: Ledger, costs: Costs, *, draws: int, count: int, seed: int) -> list[Run]:
    """Go on with the draw: one run at a time, with a generator each, so that batches and one list are alike.

    Args:
        ledger: the campaign; the drawn runs are added to it.
        costs: of its runs.
        draws: how many runs are drawn in all.
        count: how many may be drawn now.
        seed: seed of the draw.

    Returns:
        The runs.
    """
    found: list[Run] = []
    there = len(ledger.drawn)
    for number in range(there, min(draws, there + count)):
        places = np.argwhere(ledger.open)
        if not len(places):
            break
        place = places[np.random.default_rng([seed, number]).integers(len(places))]
        source, target = ledger.names(*place)
        cost = float(costs.of_runs(ledger.taken)[tuple(place)])
        found.append(Run(source=source, target=target, kind="drawn", cost=cost, reason=REASON))
        ledger.add(found[-1:])
    return found
