"""Recovering a small hub as if it were too large for a matrix, as a user does."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import affinity_bench as ab
from benchmark.cli_arguments import call_with_words
from datamodules.errors import UserError
from datamodules.sparse import large_file
from datamodules.sparse.gravity_hub import GravityHub, draw_gravity_hub
from recovery.commands.coverage import coverage
from recovery.commands.new_target import new_target
from recovery.commands.recover import recover
from recovery.recovery import Recovery


@pytest.fixture(scope="module")
def hub() -> GravityHub:
    return draw_gravity_hub(cells=4000, sources=200, targets=40, seed=3)


@pytest.fixture
def path(hub: GravityHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub as losses: lower is better."""
    monkeypatch.setattr(large_file, "MOST_PAIRS", 1000)
    table = hub.table
    names = np.array(table.source_names)[table.source], np.array(table.target_names)[table.target]
    frame = pd.DataFrame({"source": names[0], "target": names[1], "value": -table.value})
    frame.to_csv(tmp_path / "hub.csv", index=False)
    return tmp_path / "hub.csv"


def run(path: Path, *words: str) -> tuple[pd.DataFrame, dict[str, object]]:
    out = path.parent / "recovered"
    call_with_words(
        recover, [str(path), "--lower-is-better", "--out", str(out), *words], prog="affinity-bench recover"
    )
    assert sorted(each.name for each in out.iterdir()) == ["cells.parquet", "recovery.json"]
    return pd.read_parquet(out / "cells.parquet"), json.loads((out / "recovery.json").read_text())


def true_places(hub: GravityHub, cells: pd.DataFrame) -> list[int]:
    """How many sources truly help the target of each cell more than its source does."""
    everyone = np.arange(len(hub.table.source_names))
    place = []
    for source, target in zip(cells.source, cells.target, strict=True):
        to = hub.table.target_names.index(target)
        help_ = hub.help(everyone, np.full_like(everyone, to))
        place.append(int((help_ > help_[hub.table.source_names.index(source)]).sum()))
    return place


def test_the_best_of_every_target_in_the_users_unit(
    hub: GravityHub, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells, record = run(path, "--model", "additive", "--top", "5")
    assert cells.groupby("target", observed=True).size().eq(5).all()
    assert cells.groupby("target", observed=True).value.is_monotonic_increasing.all()
    given = pd.read_csv(path).set_index(["source", "target"]).value
    measured = cells[cells.measured].set_index(["source", "target"])
    np.testing.assert_allclose(measured.value, given[measured.index], rtol=1e-6)
    assert (measured.low == measured.value).all()
    predicted = cells[~cells.measured]
    assert len(predicted) > 20
    assert ((predicted.low < predicted.value) & (predicted.value < predicted.high)).all()
    assert np.mean(true_places(hub, predicted)) < 40  # of 200, by the hub's known truth
    assert record["written"] == 200
    with pytest.raises(UserError, match="'sparse-1', and this version reads 1"):
        Recovery.load(path.parent / "recovered")
    printed = capsys.readouterr().out
    estimates = [printed.index(f"{name}: about 0:00:0") for name in ("source-mean", "additive")]
    assert max(estimates) < printed.index("[1/2]")


def test_intervals_cover_cells_that_were_held_back(path: Path) -> None:
    frame = pd.read_csv(path)
    kept = np.random.default_rng(0).random(len(frame)) < 0.8
    frame[~kept].to_csv(path.parent / "asked.csv", index=False)
    frame[kept].to_csv(path, index=False)
    cells, record = run(path, "--model", "source-mean", "--cells", str(path.parent / "asked.csv"))
    truth = frame[~kept].value.to_numpy()
    assert not cells.measured.any()
    assert np.mean((cells.low <= truth) & (truth <= cells.high)) == pytest.approx(0.9, abs=0.05)
    assert np.mean(np.abs(cells.value - truth)) < np.mean(np.abs(frame[kept].value.mean() - truth))
    assert record["asked"] == "those of asked.csv"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--draw", "5"], "--draw is for matrices"),
        (["--top", "3", "--cells", "cells.csv"], "leave one out"),
        (["--model", "kernel-ridge"], "has no sparse form"),
        (["--level", "90"], "strictly between 0 and 1"),
    ],
)
def test_what_does_not_go_with_a_large_table_is_said_before_anything_is_fitted(
    words: list[str], problem: str, path: Path
) -> None:
    with pytest.raises(UserError, match=problem):
        run(path, *words)


def test_in_python_a_large_table_is_left_to_the_command(path: Path) -> None:
    with pytest.raises(UserError, match=r"more than 1,000 pairs.*`affinity-bench recover .*hub\.csv`"):
        ab.recover(path)


@pytest.mark.parametrize(
    "read",
    [
        lambda path: ab.Planner(path, budget=5),
        lambda path: ab.draw_cells(path, 3),
        lambda path: coverage(str(path), "source-mean"),
        lambda path: new_target(str(path), "random"),
    ],
)
def test_what_needs_a_matrix_refuses_a_large_table(read: Callable[[Path], object], path: Path) -> None:
    with pytest.raises(UserError, match=r"hub\.csv: .* more than 1,000 pairs.*(a part|wide form)") as refused:
        read(path)
    assert "\n" not in str(refused.value)


def test_options_of_large_tables_are_refused_for_a_matrix(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_file, "MOST_PAIRS", 10**6)
    with pytest.raises(UserError, match="--cells and --top are for long tables"):
        run(path, "--top", "3")
