"""Every strategy by discovery, and hand-computed cases."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from recovery.measurements import read_measurements
from recovery.plan.costs import Costs
from recovery.plan.pick import checked, picks
from recovery.posteriors.network import CENTRES, NetworkPosterior
from recovery.strategies.base import Models, PlanState, PlanStrategy
from recovery.strategies.names import NAMES
from recovery.strategies.network_improvement import ORDER, NetworkImprovement, extremes, reached_below
from recovery.strategies.network_ranks import NetworkRanks, rank_variance
from recovery.strategies.network_shared import choose_sources
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


class Known(NamedTuple):
    """Four sources of target x: a and b measured at −1 and 1, c below all others, d below them or above."""

    models: Models
    index: dict[str, int]


@pytest.fixture
def four_sources() -> Known:
    names = ["a", "b", "c", "d"]
    matrix = pd.DataFrame(np.nan, index=names, columns=["x", "y"])
    matrix["x"] = matrix["y"] = [-1.0, 1.0, np.nan, np.nan]
    models = Models(read_measurements(matrix, may_be_blank=True).table)
    index = {name: number for number, name in enumerate(models.table.task_names)}
    tasks, known = len(index), np.isfinite(models.table.value)
    mass = np.zeros((tasks, tasks, len(CENTRES)), dtype=np.float32)
    mass[index["c"], :, 0] = 1.0
    mass[index["d"], :, [1, -2]] = 0.5
    score = np.where(known, models.table.value, 0.0)
    nothing = np.zeros(tasks)
    vars(models)["network"] = NetworkPosterior(known, score, mass, level=nothing, unit=nothing + 1.0)
    return Known(models, index)


def test_a_rank_is_unsure_where_other_sources_lie(four_sources: Known) -> None:
    models, index = four_sources
    variance = rank_variance(models)[:, index["x"]]
    # Of four sources, the lower value exceeds c and a quarter of d; the upper one three and three quarters.
    assert variance[index["d"]] == pytest.approx(((2 + 0.5) / 4 / 2) ** 2)
    assert variance[index["c"]] == variance[index["a"]] == 0.0


def test_an_improvement_counts_as_a_share_of_the_range(four_sources: Known) -> None:
    models, index = four_sources
    eligible, target = models.table.eligible, index["x"]
    width = extremes(models).width[target]
    # From c, in the lowest bar, to the upper value of d or the measured 1, each as likely.
    bars = (CENTRES[-2] + 1.0) / 2 - CENTRES[0]
    assert width == pytest.approx(bars, rel=0.05)  # values are known by their bar
    none = np.zeros_like(eligible)
    state = PlanState(models=models, pending=none, candidates=eligible, shared=0, seed=0)
    gains = NetworkImprovement().gains(state)[:, target]
    variance = rank_variance(models)[:, target]
    better = (CENTRES[-2] - 1.0) / 2
    assert gains[index["d"]] == pytest.approx(better / width + ORDER * variance[index["d"]], rel=0.05)
    assert gains[index["c"]] == pytest.approx(0.0, abs=1e-6)
    # A run under way on the same source says part of what the rank's variance stands for.
    state = state.with_pending(index["d"], index["y"])
    saved = gains[index["d"]] - NetworkImprovement().gains(state)[index["d"], target]
    assert saved == pytest.approx(ORDER * variance[index["d"]] / 2)


def test_nothing_reached_is_the_worst_source(four_sources: Known) -> None:
    models, index = four_sources
    blank = state_of(pd.DataFrame(np.nan, index=["a", "b", "c"], columns=["x", "y"]))
    target = blank.table.task_names.index("x")
    np.testing.assert_allclose(
        reached_below(blank)[target], 1.0 - extremes(blank.models).smallest_above[target], rtol=1e-6
    )
    gains = NetworkImprovement().gains(blank)[blank.candidates]
    assert gains.min() > 0
    assert gains.max() < 1
    # Of x, the measured 1 is reached, whatever c and d may be.
    none = np.zeros_like(models.table.eligible)
    state = PlanState(models=models, pending=none, candidates=models.table.eligible, shared=0, seed=0)
    np.testing.assert_array_equal(reached_below(state)[index["x"]], CENTRES > 1.0)


def test_the_first_run_of_a_target_is_worth_half_of_the_second(four_sources: Known) -> None:
    models, index = four_sources
    none = np.zeros_like(models.table.eligible)
    state = PlanState(models=models, pending=none, candidates=models.table.eligible, shared=0, seed=0)
    variance = rank_variance(models)[index["d"], index["x"]]
    # Two runs of x, none of d; then one of d on y.
    assert NetworkRanks().gains(state)[index["d"], index["x"]] == pytest.approx(variance / 2)
    state = state.with_pending(index["d"], index["y"])
    assert NetworkRanks().gains(state)[index["d"], index["x"]] == pytest.approx(variance / 4)
    names = ["a", "b", "c"]
    blank = state_of(pd.DataFrame(np.nan, index=names, columns=["x", "y"]))
    task = blank.table.task_names.index
    gains = [
        NetworkRanks().gains(each)[task("b"), task("x")] / rank_variance(blank.models)[task("b"), task("x")]
        for each in (blank, blank.with_pending(task("a"), task("x")))
    ]
    assert gains == pytest.approx([0.5, 1.0])


def test_shared_sources_are_the_best_together() -> None:
    # One by one, a comes first, which is best on average; b and c together serve the targets better.
    value = np.array([[2.0, 2.0, 2.0, 2.0], [3.0, 3.0, 0.0, 0.0], [0.0, 0.0, 3.0, 3.0]])
    everywhere = np.ones_like(value, dtype=bool)
    choice = choose_sources(value, everywhere, shared=2)
    assert choice.sources.tolist() == [1, 2]
    assert choice.serves.tolist() == [[False] * 4, [True, True, False, False], [False, False, True, True]]
    # Without its transfers to two targets, c serves nobody well.
    without = everywhere.copy()
    without[2, 2:] = False
    assert choose_sources(value, without, shared=2).sources.tolist() == [0, 1]


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
