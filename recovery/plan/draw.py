"""The last runs of a budget, drawn at random from what is left: they calibrate intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.matrix_types import BoolMatrix
from recovery.plan.costs import Costs
from recovery.plan.ledger import Ledger
from recovery.plan.run import Run
from recovery.plan.wanted_targets import target_names
from recovery.target_units import FloatVector

USUAL_DRAW = 10
USUAL_SHARE = 1 / 4  # of the budget


class Reserve(NamedTuple):
    """What is kept for the draw.

    Attributes:
        runs: how many are drawn in all.
        cost: what they cost at most, whichever they are.
    """

    runs: int
    cost: float


class Draw:
    """The draw of a campaign.

    How many runs are drawn rests on what the dearest ones of them would cost, and on nothing that was drawn:
    a draw that ended where a run is too dear, or went on to a cheaper one, would draw the cheap ones.

    Args:
        ledger: the campaign.
        costs: of its runs.
        among: [1, N] bool, the targets to draw from.
        budget: what all runs may cost together; None for no draw.
        calibrate: how many to draw; None for as many as a quarter of the budget pays for, 10 at most.
        seed: seed of the draw.

    Raises:
        UserError: for a number of runs that may use up the budget.
    """

    def __init__(
        self,
        ledger: Ledger,
        costs: Costs,
        *,
        among: BoolMatrix,
        budget: float | None,
        calibrate: int | None,
        seed: int,
    ) -> None:
        self._ledger = ledger
        self._costs = costs
        self._among = among
        self._budget = 0.0 if budget is None else budget
        self._most = 0 if budget is None else USUAL_DRAW if calibrate is None else calibrate
        self._share = self._budget * (USUAL_SHARE if calibrate is None else 1.0)
        self._seed = seed
        self.reason = (
            f"drawn at random from what was left{_of(among, ledger.measurements.table)}: calibrates the "
            "intervals, if all drawn ones are measured"
        )
        worst = self._at_worst()
        if calibrate and len(worst) and worst[-1] >= self._budget:
            raise UserError(
                f"{calibrate} drawn runs may cost {worst[-1]:g}, which uses up the budget of "
                f"{self._budget:g}: calibrate with fewer, or with 0"
            )

    @property
    def reserve(self) -> Reserve:
        """What is kept for the draw, if the other runs leave as much; the same before and while drawing."""
        others = sum(run.cost for run in self._ledger.runs if run.kind != "drawn")
        worst = self._at_worst()
        runs = int((worst <= min(self._share, self._budget - others)).sum())
        return Reserve(runs, float(worst[runs - 1]) if runs else 0.0)

    def check(self, runs: Sequence[Run], *, where: str) -> None:
        """Refuse runs of a saved plan that were drawn from other targets: together, they are no draw.

        Raises:
            UserError: if there is one.
        """
        if any(run.kind == "drawn" and run.reason != self.reason for run in runs):
            raise UserError(
                f"{where}its last runs were drawn for other targets, or their reason was changed: name the "
                "targets as before, or begin another plan (--out)"
            )

    def go_on(self, count: int) -> list[Run]:
        """Draw runs; each has a random generator of its own, so that batches and one list are alike.

        Args:
            count: how many at most.

        Returns:
            The runs, which are in the ledger as well.
        """
        found: list[Run] = []
        there, costs = len(self._ledger.drawn), self._costs
        for number in range(there, min(self.reserve.runs, there + count)):
            places = np.argwhere(self._ledger.open & self._among)
            place = places[np.random.default_rng([self._seed, number]).integers(len(places))]
            source, target = self._ledger.names(*place)
            cost = float(costs.of_runs(self._ledger.taken)[tuple(place)])
            if self._ledger.spent + cost > self._budget:  # something told meanwhile has used up the reserve
                break
            found.append(Run(source=source, target=target, kind="drawn", cost=cost, reason=self.reason))
            self._ledger.add(found[-1:])
        return found

    def _at_worst(self) -> FloatVector:
        """What 1, 2, 3 … drawn runs cost if they are the dearest ones, up to the most that are drawn."""
        ledger = self._ledger
        left = (ledger.open | ledger.mask(ledger.drawn)) & self._among
        set_up = (ledger.taken & ~left).any(1)
        # By source, the dearest first, which is taken to pay for setting the source up.
        cost = -np.sort(-np.where(left, self._costs.run, -np.inf), axis=1)
        cost[:, 0] += np.where(set_up, 0.0, self._costs.set_up)
        dearest = -np.sort(-cost[np.isfinite(cost)])
        worst: FloatVector = np.cumsum(dearest[: self._most])
        return worst


def _of(among: BoolMatrix, table: AffinityTable) -> str:
    """Names of the targets; "" for all."""
    left_out = table.eligible.any(0) & ~among[0]
    return f" of {', '.join(target_names(table, among))}" if left_out.any() else ""
