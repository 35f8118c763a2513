"""Every strategy by discovery, and hand-computed cases."""

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from recovery.measurements import read_measurements
from recovery.plan.costs import Costs
from recovery.plan.pick import checked, picks
from recovery.strategies.base import Models, PlanState, PlanStrategy
from recovery.strategies.names import NAMES
from recovery.strategies.network_shared import chosen_sources
from recovery.strategies.pivoted_qr import PivotedQR
from recovery.strategies.registry import STRATEGIES, load_strategy
from recovery.strategies.round_robin import RoundRobin


def state_of(matrix: pd.DataFrame) -> PlanState:
    measurements = read_measurements(matrix, may_be_blank=True)
    return PlanState(
        models=Models(measurements.table),
        pending=np.zeros_like(measurements.known),
        candidates=measurements.unmeasured,
        shared=2,
        seed=0,
    )


@pytest.fixture(scope="module")
def state(half: pd.DataFrame) -> PlanState:
    names = list(half.index[:9])
    return state_of(half.loc[names, names])


@pytest.mark.parametrize("name", STRATEGIES)
def test_runs_are_new_each_time_and_the_same_for_one_seed(name: str, state: PlanState) -> None:
    costs = Costs.equal(len(state.known))
    one, other = (list(picks(state, load_strategy(name), costs, count=6)) for _ in range(2))
    assert one == other
    places = {(pick.source, pick.target) for pick in one}
    assert len(places) == 6
    assert all(state.candidates[place] for place in places)


@pytest.mark.parametrize("name", STRATEGIES)
def test_nothing_need_be_measured(name: str) -> None:
    names = list("abcde")
    state = state_of(pd.DataFrame(np.nan, index=names, columns=names))
    gains = load_strategy(name).gains(state)
    checked(gains, state.candidates, name=name)


def test_readers_of_results_know_the_shipped_names() -> None:
    assert set(STRATEGIES) == NAMES


def test_costs_decide_between_equal_gains(state: PlanState) -> None:
    costs = Costs.equal(len(state.known))
    source, target = np.argwhere(state.candidates)[7]
    costs.run[source, target] = 0.5
    (pick,) = picks(state, load_strategy("random"), costs, count=1)
    assert (pick.source, pick.target) == (source, target)
    assert list(picks(state, load_strategy("random"), costs, count=3, within=0.4)) == []


def test_round_robin_takes_the_target_with_the_fewest_runs(state: PlanState) -> None:
    costs = Costs.equal(len(state.known))
    runs = state.known.copy()
    for pick in picks(state, RoundRobin(), costs, count=8):
        open_ = (state.candidates & ~runs).any(0)
        assert runs.sum(0)[pick.target] == runs.sum(0)[open_].min()
        runs[pick.source, pick.target] = True


def test_qr_takes_what_the_measured_rows_do_not_span() -> None:
    # Rows a and b are alike on the other columns, c is not: once a is measured, c says more than b.
    rows = {"a": [1.0, 5.0, 1.0, None], "b": [1.0, 5.0, 1.0, None], "c": [5.0, 1.0, 1.0, None]}
    rows["d"] = [1.0, 1.0, 5.0, None]
    matrix = pd.DataFrame.from_dict(rows, orient="index", columns=["w", "x", "y", "z"]).astype(float)
    matrix.loc["a", "z"] = 1.0
    state = state_of(matrix)
    index = {name: number for number, name in enumerate(state.table.task_names)}
    gains = PivotedQR().gains(state)[:, index["z"]]
    assert gains[index["b"]] == pytest.approx(0.0, abs=1e-6)
    assert gains[index["c"]] > 0.1


def test_shared_sources_complement_each_other() -> None:
    # a is best on average; with it, c adds most, although b is the second best on average.
    value = np.array([[3.0, 3.0, 0.0], [2.9, 2.9, 0.1], [0.0, 0.0, 3.0]])
    assert chosen_sources(value, count=2).tolist() == [0, 2]


class Wrong(PlanStrategy):
    """Worth less than nothing."""

    def gains(self, state: PlanState) -> np.ndarray:
        return -np.ones(state.candidates.shape)


def test_gains_that_do_not_rank_are_refused(state: PlanState) -> None:
    with pytest.raises(UserError, match=r"Wrong.gains returned -1.0 for source \d+ and target \d+"):
        list(picks(state, Wrong(), Costs.equal(len(state.known)), count=1))
    with pytest.raises(UserError, match="return one number for every source"):
        checked(np.ones(3), state.candidates, name="Wrong")


def test_ones_own_strategy_comes_from_a_file(tmp_path: object, state: PlanState) -> None:
    file = f"{tmp_path}/own_strategy.py"
    with open(file, "w") as text:
        text.write(
            "from recovery.strategies.base import PlanStrategy\n"
            "class Mine(PlanStrategy):\n"
            "    def gains(self, state):\n"
            "        return state.candidates * 2.0\n"
            "class Abstract(PlanStrategy):\n"
            "    pass\n"
        )
    assert load_strategy(f"{file}:Mine").gains(state).max() == 2.0
    with pytest.raises(UserError, match=r"Abstract has no method gains\(self, state\)"):
        load_strategy(f"{file}:Abstract")
