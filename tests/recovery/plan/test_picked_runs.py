"""What picked runs cost, and which go first."""

import numpy as np
import pandas as pd

from datamodules.matrix_types import FloatMatrix
from recovery.measurements import read_measurements
from recovery.plan.costs import Costs
from recovery.plan.ledger import Ledger
from recovery.plan.picked_runs import pick_runs
from recovery.plan.planner import Planner
from recovery.strategies.base import Models, PlanState, PlanStrategy

BLANK = pd.DataFrame(np.nan, index=list("abc"), columns=list("xyz"))


class Increasing(PlanStrategy):
    """Worth the more, the later the source and the target stand, and a lot."""

    def gains(self, state: PlanState) -> FloatMatrix:
        tasks = len(state.known)
        return 1e3 * np.arange(tasks)[:, None] + np.arange(tasks)


def picked(free: list[tuple[str, str]], *, count: int, within: float) -> list[tuple[str, str, float]]:
    measurements = read_measurements(BLANK, may_be_blank=True)
    index = measurements.table.task_names.index
    costs = Costs.equal(len(measurements.known))
    for source, target in free:
        costs.run[index(source), index(target)] = 0.0
    state = PlanState(
        models=Models(measurements.table),
        pending=np.zeros_like(measurements.known),
        candidates=measurements.unmeasured,
        shared=1,
        seed=0,
    )
    runs = pick_runs(Ledger(measurements), state, Increasing(), costs, count=count, within=within)
    return [(*run.pair, run.cost) for run in runs]


def test_free_runs_go_first_by_their_gain() -> None:
    by_gain = [(*pair, 0.0) for pair in sorted([("a", "x"), ("b", "y"), ("a", "z")], key=_gain, reverse=True)]
    found = picked([("a", "x"), ("a", "z"), ("b", "y")], count=4, within=1.0)
    assert found[:3] == by_gain
    assert found[3][2] == 1.0
    assert picked([("a", "x")], count=9, within=0.0) == [("a", "x", 0.0)]
    everything = [(source, target) for source in BLANK.index for target in BLANK]
    assert len(picked(everything, count=99, within=0.0)) == 9


def _gain(pair: tuple[str, str]) -> tuple[int, int]:
    order = read_measurements(BLANK, may_be_blank=True).table.task_names.index
    return order(pair[0]), order(pair[1])


def test_free_runs_of_a_source_that_is_dear_to_set_up() -> None:
    rows = [("a", None, 10.0), ("b", None, 4.0), *((None, target, 0.0) for target in "xyz")]
    costs = pd.DataFrame(rows, columns=["source", "target", "cost"])
    planner = Planner(BLANK, strategy="random", costs=costs, budget=5, calibrate=0)
    assert sorted(run.source for run in planner.ask(99)) == ["b"] * 3 + ["c"] * 3
    assert planner.spent == 4.0


def test_a_failed_run_has_set_up_its_source() -> None:
    costs = pd.DataFrame({"source": list("abc"), "target": [None] * 3, "cost": [10.0] * 3})
    planner = Planner(BLANK, strategy="random", costs=costs, budget=13, calibrate=0)
    (run,) = planner.ask(1)
    assert run.cost == 11.0
    planner.fail(run)
    assert [(each.source, each.cost) for each in planner.ask(99)] == [(run.source, 1.0)] * 2
    assert planner.spent == 13.0
