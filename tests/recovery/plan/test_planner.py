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
    spent = planner.spent
    assert planner.ask(1, retry_failed=True) == [first]
    assert planner.ask(1, retry_failed=True) == []
    assert planner.spent == spent


def test_a_drawn_run_that_failed_is_never_replaced(half: pd.DataFrame) -> None:
    planner = planner_of(half, budget=20, calibrate=12)
    for run in planner.ask(8):
        planner.tell(run, -5.0)
    *others, last = drawn = planner.ask(99)
    for run in others:
        planner.tell(run, -6.0)
    planner.fail(last)
    assert planner.ask(99) == []
    assert planner.ask(99, retry_failed=True) == [last]
    assert not planner.measurements.drawn.any()
    planner.tell(last, -5.0)
    assert planner.measurements.drawn.sum() == len(drawn) == 12
    # What is measured by hand after a draw is missing from what it was drawn from.
    names = next(
        (s, t)
        for s, t in product(half.index, half)
        if s != t and pd.isna(half.loc[s, t]) and (s, t) not in {run.pair for run in planner.runs}
    )
    planner.tell(names, -5.0)
    assert not planner.measurements.drawn.any()


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


def test_a_draw_is_of_the_targets_that_matter_and_so_is_the_promise(
    half: pd.DataFrame, tmp_path: Path
) -> None:
    planner = planner_of(half, budget=20, calibrate=12, targets=["edge3d", "jigsaw"])
    for run in planner.ask(99):
        assert run.target in ("edge3d", "jigsaw")
        planner.tell(run, -5.0)
    recovered = planner.recovery(model="source-mean")
    assert recovered.guarantee.holds
    assert set(recovered.targets) == {"edge3d", "jigsaw"}
    assert set(recovered.cells.target) == {"edge3d", "jigsaw"}
    assert recovered.guarantee.unmeasured == (~recovered.cells.measured).sum() == planner.left
    planner.save(tmp_path / "plan.csv")
    with pytest.raises(UserError, match="its last runs were drawn for other targets"):
        planner_of(half, budget=20, calibrate=12).load(tmp_path / "plan.csv")


def test_losses_are_told_and_said_as_losses(blank: pd.DataFrame) -> None:
    planner = planner_of(blank, lower_is_better=True, targets=[NASTY[0]])
    planner.tell((NASTY[1], NASTY[0]), 3.0)
    planner.tell((NASTY[2], NASTY[0]), 1.0)
    (run,) = planner.ask(1)
    assert f"beats the best so far (1, {NASTY[2]})" in run.reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"budget": 0}, "a budget of 0 pays for nothing"),
        ({"budget": 5, "calibrate": 5}, "5 drawn runs may cost 5, which uses up the budget of 5"),
        ({"budget": float("nan")}, "a budget of nan is no number"),
        ({"budget": float("inf")}, "a budget of inf is no number"),
        ({"budget": 0.5}, "a budget of 0.5 pays for nothing: the cheapest run costs 1"),
        ({"calibrate": 10}, "calibrate=10 goes with a budget"),
        ({"budget": 5, "calibrate": -1}, "calibrate=-1: draw 0 runs or more"),
        ({"shared": 0}, "shared=0: train 1 source or more"),
        ({"targets": []}, "targets is an empty list"),
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
        (
            [("a, b", "[e]", 1.0), ("a, b", "[e]", 2.0)],
            r"told.csv: row 3 \('a, b' -> '\[e\]'\) stands there twice",
        ),
        ([("a, b", "[e]", "fail")], "'fail' is not a number. Write .*, or failed"),
    ],
)
def test_told_files_are_refused(
    blank: pd.DataFrame, tmp_path: Path, rows: list[tuple[str, str, object]], words: str
) -> None:
    path = tmp_path / "told.csv"
    pd.DataFrame(rows, columns=["source", "target", "value"]).to_csv(path, index=False)
    planner = planner_of(blank)
    with pytest.raises(UserError, match=words) as refused:
        planner.load_told(path)
    assert "\n" not in str(refused.value)
    assert planner.runs == []


def test_what_the_matrix_has_is_measured_already(half: pd.DataFrame) -> None:
    target, source = next((name, column.first_valid_index()) for name, column in half.items())
    with pytest.raises(UserError, match="is measured already"):
        planner_of(half).tell((str(source), str(target)), 1.0)


def test_another_file_is_no_plan(blank: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("source,target,value\na,b,1\n")
    with pytest.raises(UserError, match="a plan has the columns source, target, value, kind"):
        planner_of(blank).load(path)


def test_values_may_be_filled_into_the_matrix_instead(blank: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    planner = planner_of(blank, budget=8, lower_is_better=True)
    runs = planner.ask(99)
    planner.save(path)
    filled = blank.copy()
    for value, run in enumerate(runs):
        filled.loc[run.source, run.target] = float(value)
    again = planner_of(filled, budget=8, lower_is_better=True)
    again.load(path)
    assert [(run.kind, run.status, run.value) for run in again.runs] == [
        (run.kind, "done", float(value)) for value, run in enumerate(runs)
    ]
    assert again.spent == 8.0
    assert again.measurements.drawn.sum() == 2
    again.save(path)
    again = planner_of(filled, budget=8, lower_is_better=True)
    again.load(path)  # in both
    filled.loc[runs[0].source, runs[0].target] = 0.5
    with pytest.raises(UserError, match=r"has the value 0\.0 here, and 0\.5 in the matrix: correct one"):
        planner_of(filled, budget=8, lower_is_better=True).load(path)


def test_a_plan_is_taken_over_as_a_whole_or_not_at_all(blank: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    planner = planner_of(blank)
    planner.save(path)
    planner.load(path)  # no rows yet
    planner.ask(2)
    planner.save(path)
    other = planner_of(blank.rename(columns={planner.runs[1].target: "x"}))
    with pytest.raises(UserError, match=r"is no transfer of 'DataFrame'.*another name \(--out\)"):
        other.load(path)
    assert other.runs == []
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    with pytest.raises(UserError, match=r"row 4 .* stands there twice"):
        planner_of(blank).load(path)


def test_a_bare_string_is_one_target(blank: pd.DataFrame) -> None:
    assert {run.target for run in planner_of(blank, targets=NASTY[0]).ask(99)} == {NASTY[0]}
