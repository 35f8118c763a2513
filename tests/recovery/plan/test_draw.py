"""The draw at the end of a budget: what it may cost, and that no run is likelier than another."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from recovery.measurements import read_measurements
from recovery.plan.costs import Costs
from recovery.plan.draw import Draw
from recovery.plan.ledger import Ledger
from recovery.plan.planner import Planner
from recovery.plan.run import Run

NAMES = list("abcdef")
BLANK = pd.DataFrame(np.nan, index=NAMES, columns=list("uvwxyz"))


def random_costs(rng: np.random.Generator) -> pd.DataFrame:
    """Of sources, targets and single runs, of very different sizes; some are free."""
    rows = [(name, None, 100.0 * rng.random() * (rng.random() < 0.5)) for name in NAMES]
    rows += [(None, name, float(rng.exponential(3.0) * (rng.random() < 0.8))) for name in BLANK]
    rows += [("a", "u", 50.0), ("b", "v", 0.0)]
    return pd.DataFrame(rows, columns=["source", "target", "cost"])


@pytest.mark.parametrize("seed", range(10))
def test_no_plan_costs_more_than_its_budget(seed: int) -> None:
    rng = np.random.default_rng(seed)
    planner = Planner(
        BLANK,
        costs=random_costs(rng),
        budget=float(rng.uniform(100.0, 400.0)),
        targets=list("uvwx") if seed % 2 else None,
        strategy="random",
        seed=seed,
    )
    assert planner.budget is not None
    for _ in range(12):
        before = planner.spent
        planner.ask(int(rng.integers(1, 7)), retry_failed=bool(rng.random() < 0.3))
        assert planner.spent <= max(before, planner.budget) * (1 + 1e-12)
        for run in planner.pending:
            if rng.random() < 0.6:
                planner.tell(run, rng.random())
            elif rng.random() < 0.3:
                planner.fail(run)
        if rng.random() < 0.2:
            pair = str(rng.choice(NAMES)), str(rng.choice(list("uvwxyz")))
            if pair not in {run.pair for run in planner.runs}:
                planner.tell(pair, rng.random())


def test_what_is_told_may_use_up_the_budget() -> None:
    planner = Planner(BLANK, budget=5, strategy="random")
    for target in BLANK:
        planner.tell(("a", target), 1.0)
    assert planner.ask(99) == []
    assert planner.spent == 6.0


@dataclass
class Case:
    """Two sources to set up, at 10 each, and one that is free; runs on z cost 5, the others 1."""

    ledger: Ledger
    costs: Costs

    def draw(self, *, budget: float, calibrate: int | None = None, seed: int = 0) -> Draw:
        among = self.ledger.measurements.table.eligible.any(0, keepdims=True)
        return Draw(self.ledger, self.costs, among=among, budget=budget, calibrate=calibrate, seed=seed)


@pytest.fixture
def case() -> Case:
    measurements = read_measurements(BLANK.loc[["a", "b", "c"], ["x", "y", "z"]], may_be_blank=True)
    index = measurements.table.task_names.index
    costs = Costs.equal(len(measurements.known))
    costs.set_up[[index("a"), index("b")]] = 10.0
    costs.run[:, index("z")] = 5.0
    return Case(Ledger(measurements), costs)


def test_as_many_are_drawn_as_a_quarter_pays_for_whichever_they_are(case: Case) -> None:
    # The dearest: 15 for a or b on z, 5 for c on z, and 1 for each of the others.
    found = {budget: case.draw(budget=budget).reserve for budget in (59, 60, 119, 120, 139, 140, 144)}
    assert {budget: each.runs for budget, each in found.items()} == {
        59: 0, 60: 1, 119: 1, 120: 2, 139: 2, 140: 3, 144: 4,
    }  # fmt: skip
    assert found[144].cost == 36.0
    case.ledger.add([Run(source="a", target="z", kind="told", cost=15.0)])
    # Paid and taken: 15, then 5 for c on z, and 1 for each of the others.
    assert case.draw(budget=80).reserve == (2, 20.0)
    assert case.draw(budget=20).reserve.runs == 0


def test_draws_are_settled_beforehand_and_each_run_is_as_likely(case: Case) -> None:
    counts: dict[tuple[str, str], int] = {}
    for seed in range(600):
        draw = case.draw(budget=36, calibrate=3, seed=seed)
        before = draw.reserve
        first = draw.go_on(1)
        assert draw.reserve == before
        runs = first + draw.go_on(99)
        assert len(runs) == before.runs == 3
        for run in runs:
            counts[run.pair] = counts.get(run.pair, 0) + 1
        case.ledger = Ledger(case.ledger.measurements)
    # 3 of 9 in 600 draws: 200 each, with a standard deviation of 11.5.
    assert len(counts) == 9
    assert max(abs(count - 200) for count in counts.values()) < 4 * 11.5


def test_a_draw_that_may_use_up_the_budget_is_refused(case: Case) -> None:
    with pytest.raises(UserError, match="3 drawn runs may cost 35, which uses up the budget of 35"):
        case.draw(budget=35, calibrate=3)
