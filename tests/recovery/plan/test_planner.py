"""A campaign: asked, told, failed, resumed, drawn; and what is refused."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from recovery.plan.planner import Planner

NASTY = ["a, b", 'c "d"', "[e]", "f\tg"]


@pytest.fixture
def blank() -> pd.DataFrame:
    return pd.DataFrame(np.nan, index=NASTY, columns=NASTY)


def planner_of(matrix: pd.DataFrame, **options: object) -> Planner:
    return Planner(matrix, **({"strategy": "round-robin"} | options))  # type: ignore[arg-type]  # options of any type


def test_sources_and_targets_may_be_other_tasks_and_nothing_measured() -> None:
    planner = planner_of(pd.DataFrame(np.nan, index=NASTY[:3], columns=["x", "y"]))
    runs = planner.ask(99)
    assert sorted((run.source, run.target) for run in runs) == sorted(product(NASTY[:3], ["x", "y"]))


def test_pending_runs_are_not_proposed_twice_and_failed_ones_only_on_request(blank: pd.DataFrame) -> None:
    planner = planner_of(blank)
    first, second = planner.ask(2)
    assert first.target != second.target
    planner.fail(first)
    rest = planner.ask(99)
    assert {run.pair for run in rest} | {first.pair, second.pair} == {
        (source, target) for source in NASTY for target in NASTY if source != target
    }
    assert planner.ask(1) == []
    assert [run.pair for run in planner.ask(1, retry_failed=True)] == [first.pair]


def test_what_was_never_asked_for_may_be_told(blank: pd.DataFrame) -> None:
    planner = planner_of(blank)
    planner.tell((NASTY[0], NASTY[1]), 0.5)
    (told,) = planner.runs
    assert (told.kind, told.status, told.value, told.cost) == ("told", "done", 0.5, 1.0)
    assert all(run.target != NASTY[1] for run in planner.ask(3))  # the others have no run yet


def test_the_csv_is_the_state(blank: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    planner = planner_of(blank)
    planner.ask(4)
    planner.save(path)
    filled = pd.read_csv(path, dtype={"value": object})
    filled["value"] = ["0.25", "", "failed", "-1e-3"]
    filled.to_csv(path, index=False)
    again = planner_of(blank)
    again.load(path)
    assert [run.status for run in again.runs] == ["done", "pending", "failed", "done"]
    assert [run.value for run in again.runs] == [0.25, None, None, -0.001]
    assert [run.pair for run in again.runs] == [run.pair for run in planner.runs]
    planner.tell(planner.runs[0], 0.25)
    planner.fail(planner.runs[2])
    planner.tell(planner.runs[3], -0.001)
    assert again.ask(3) == planner.ask(3)


def test_the_last_runs_of_a_budget_are_drawn_whatever_the_batches(blank: pd.DataFrame) -> None:
    at_once = planner_of(blank, budget=8).ask(99)
    assert [run.kind for run in at_once] == ["picked"] * 6 + ["drawn"] * 2
    planner = planner_of(blank, budget=8)
    in_batches = [run for _ in range(6) for run in planner.ask(3)]
    assert in_batches == at_once
    assert planner.spent == 8.0


def test_what_the_draw_may_cost_is_kept_back(blank: pd.DataFrame) -> None:
    costs = pd.DataFrame({"source": [NASTY[0]], "target": [None], "cost": [5.0]})
    planner = planner_of(blank, budget=14, calibrate=2, costs=costs)
    runs = planner.ask(99)
    assert [run.kind for run in runs[-2:]] == ["drawn"] * 2
    assert planner.spent <= 14.0
    dearest = [run.cost for run in runs if run.source == NASTY[0]]
    assert dearest.count(6.0) <= 1  # set up once


def test_drawn_runs_guarantee_intervals_once_all_are_measured(half: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    planner = planner_of(half, budget=20, calibrate=12)
    *others, last = planner.ask(99)
    for run in others:
        planner.tell(run, float(rng.normal(-5.0)))
    assert planner.recovery(model="source-mean").guarantee.chosen == "by-hand"
    planner.tell(last, -5.0)
    recovered = planner.recovery(model="source-mean")
    assert recovered.guarantee.holds
    assert recovered.guarantee.calibration_cells == 12


def test_losses_are_told_and_said_as_losses(blank: pd.DataFrame) -> None:
    planner = planner_of(blank, lower_is_better=True, targets=[NASTY[0]])
    planner.tell((NASTY[1], NASTY[0]), 3.0)
    planner.tell((NASTY[2], NASTY[0]), 1.0)
    (run,) = planner.ask(1)
    assert f"beats the best so far (1, {NASTY[2]})" in run.reason


def test_the_outlook_says_when_to_stop(half: pd.DataFrame) -> None:
    assert "the best source of" in planner_of(half).outlook()
    assert "deviations of its target" in planner_of(half, goal="heat-map").outlook()
    assert "Sources to train, as it looks:" in planner_of(half, goal="shared-sources").outlook()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"budget": 0}, "a budget of 0 pays for nothing"),
        ({"budget": 5, "calibrate": 5}, "5 drawn runs use up the budget of 5"),
        ({"goal": "best"}, "unknown goal 'best'"),
        ({"strategy": "randm"}, "unknown strategy 'randm': did you mean 'random'"),
        ({"targets": ["f"]}, "unknown target 'f'"),
    ],
)
def test_refused(blank: pd.DataFrame, options: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        planner_of(blank, **options)
    assert "\n" not in str(refused.value)


def test_a_measured_matrix_is_refused() -> None:
    whole = pd.DataFrame(np.random.default_rng(0).random((4, 4)), index=list("abcd"), columns=list("abcd"))
    with pytest.raises(UserError, match="is fully measured: there is nothing to plan"):
        planner_of(whole)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a, b", "[e]", 1.0), ("a, b", "x", 1.0)], "told.csv: 'a, b' -> 'x' is no transfer of 'DataFrame'"),
        ([("a, b", "[e]", 1.0), ("a, b", "[e]", 2.0)], "told.csv: 'a, b' -> '\\[e\\]' is measured already"),
        ([("a, b", "[e]", "much")], "'much' is not a number"),
    ],
)
def test_told_files_are_refused(
    blank: pd.DataFrame, tmp_path: Path, rows: list[tuple[str, str, object]], words: str
) -> None:
    path = tmp_path / "told.csv"
    pd.DataFrame(rows, columns=["source", "target", "value"]).to_csv(path, index=False)
    with pytest.raises(UserError, match=words) as refused:
        planner_of(blank).load_told(path)
    assert "\n" not in str(refused.value)


def test_what_the_matrix_has_is_measured_already(half: pd.DataFrame) -> None:
    target, source = next((name, column.first_valid_index()) for name, column in half.items())
    with pytest.raises(UserError, match="is measured already"):
        planner_of(half).tell((str(source), str(target)), 1.0)


def test_another_file_is_no_plan(blank: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("source,target,value\na,b,1\n")
    with pytest.raises(UserError, match="a plan has the columns source, target, value, kind"):
        planner_of(blank).load(path)
