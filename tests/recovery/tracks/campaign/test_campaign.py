"""Replays, scores, results and curves of the planning tracks, and a command."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmark.cli import main
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.load_table import load_table
from recovery.cli import COMMANDS
from recovery.strategies.registry import load_strategy
from recovery.tracks.campaign.board import cost_rows, curve_rows, widely_run
from recovery.tracks.campaign.entry import find_entry
from recovery.tracks.campaign.make_result import make_result, make_subject
from recovery.tracks.campaign.replay import replay
from recovery.tracks.campaign.result import PlanResult, StartScores, read_results
from recovery.tracks.campaign.scores import regret, spearman

from ....typed import exit_code

MakeResult = Callable[..., PlanResult]


@pytest.fixture(scope="module")
def table() -> AffinityTable:
    return load_table("cogtaskonomy")


def test_a_strategy_sees_what_was_measured_and_nothing_else(table: AffinityTable) -> None:
    nothing = np.zeros_like(table.eligible)
    states = list(
        replay(
            table,
            load_strategy("round-robin"),
            known=nothing,
            candidates=table.eligible,
            batches=[3, 4],
            seed=0,
        )
    )
    assert [int(state.known.sum()) for state in states] == [0, 3, 7]
    for state in states:
        assert np.isnan(state.table.value[~state.known]).all()
        assert state.table.replicates is None
        np.testing.assert_array_equal(state.table.value[state.known], table.value[state.known])


def test_the_truth_is_the_best_guide(table: AffinityTable) -> None:
    assert regret(table, table.value) == 0.0
    assert regret(table, -table.value) == pytest.approx(1.0)
    assert spearman(table, table.value) == pytest.approx(1.0)
    assert spearman(table, -table.value) == pytest.approx(-1.0)
    equal = np.zeros_like(table.value)
    own = [table.value[table.eligible[:, t], t] for t in range(len(equal)) if table.eligible[:, t].any()]
    expected = np.mean([(each.max() - each.mean()) / (each.max() - each.min()) for each in own])
    assert regret(table, equal) == pytest.approx(expected)


@pytest.fixture(scope="module")
def result(table: AffinityTable) -> MakeResult:
    subject = make_subject(table, find_entry("random"), track="t", version=1)

    def make(dataset: str, strategy: str, heights: list[list[float]], **scores: list[float]) -> PlanResult:
        starts = [
            StartScores(number=i, name="x", points=[1, 2], scores={"regret": height, **scores}, seconds=2.0)
            for i, height in enumerate(heights)
        ]
        return make_result(subject.model_copy(update={"dataset": dataset, "strategy": strategy}), starts)

    return make


def test_curves_are_means_over_datasets(result: MakeResult) -> None:
    results = [
        result("one", "worse", [[0.4, 0.2], [0.6, 0.4]]),
        result("two", "worse", [[0.1, 0.1]]),
        result("one", "better", [[0.0, 0.0]]),
        result("two", "better", [[0.0, 0.0]]),
        result("one", "incomplete", [[0.0, 0.0]]),
    ]
    better, worse = curve_rows(results, "regret")
    assert (better.strategy, better.area, better.datasets) == ("better", 0.0, 2)
    assert worse.mean.tolist() == pytest.approx([0.3, 0.2])
    assert worse.area == pytest.approx(0.25)
    assert (worse.datasets, worse.starts, worse.seconds) == (2, 3, 2.0)
    on_large = [result(each, "few", [[0.0, 0.0]]) for each in ("taskonomy", "langrank-mt")]
    assert widely_run([result("taskonomy", "many", [[0.0, 0.0]]), *on_large]) == on_large


def test_costs_are_shares_of_the_dearest_in_the_end(result: MakeResult) -> None:
    results = [
        result("one", "spread", [[1.0, 0.2]], cost=[4.0, 20.0]),
        result("one", "few sources", [[0.5, 0.1]], cost=[8.0, 16.0]),
    ]
    few, spread = cost_rows(results, "regret", name="x")
    assert [few.strategy, few.points[0], few.points[-1]] == ["few sources", 0.4, pytest.approx(0.8)]
    assert [few.mean[0], few.mean[-1]] == pytest.approx([0.5, 0.1])
    assert [spread.mean[0], spread.mean[-1], spread.area] == pytest.approx([0.8, 0.4, 0.6])


def test_what_is_there_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--dataset", "cogtaskonomy", "--strategy", "random,source-mean", "--out", tmp_path)
    assert exit_code(monkeypatch, lambda: main(COMMANDS), "new-target", *words, "--starts", 1) == 0
    assert "cogtaskonomy: source-mean" in capsys.readouterr().out
    before = read_results(tmp_path)
    assert exit_code(monkeypatch, lambda: main(COMMANDS), "new-target", *words, "--starts", 2) == 0
    assert "[2/2] cogtaskonomy: source-mean" in capsys.readouterr().out
    after = read_results(tmp_path)
    assert [len(result.starts) for result in after] == [2, 2]
    assert [result.starts[0] for result in after] == [result.starts[0] for result in before]
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UserError, match="no result of a planning track"):
        read_results(tmp_path)
