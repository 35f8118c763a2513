"""The main job as a user runs it, in full: its scores are those of the committed results."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.results.files import read_results
from benchmark.results.schema import Result
from leaderboard.boards.aggregate import Board, make_boards, paired_tests

pytestmark = [pytest.mark.processes, pytest.mark.slow]

COMMITTED = Path(__file__).parents[1] / "leaderboard" / "results" / "taskonomy" / "16k-ahp"
CLOSE = 0.02  # trained networks differ from machine to machine by rounding
DIRECTED = ("source-target-profile", "source-target-dir", "gravity-profile", "gravity-dir")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    out: Path = tmp_path_factory.mktemp("results")
    script = Path(sys.executable).with_name("affinity-bench")
    subprocess.run([script, "run", "--dataset", "taskonomy", "--out", str(out)], check=True)
    return read_results(out)


def board(results: list[Result], setting: str) -> Board:
    (found,) = [each for each in make_boards(results) if each.place.setting == setting]
    return found


def spearman(results: list[Result], setting: str, model: str) -> float:
    found = board(results, setting).find(model)
    assert found is not None
    mean = found.metrics["spearman"].mean
    assert mean is not None
    return mean


def test_no_cell_fails(results: list[Result]) -> None:
    assert {result.status for result in results} == {"ok"}


@pytest.mark.parametrize("setting", ["transductive", "inductive"])
def test_scores_are_those_of_the_committed_results(results: list[Result], setting: str) -> None:
    committed = read_results(COMMITTED)
    for result in board(results, setting).results:
        model = result.model.config.name
        expected = spearman(committed, setting, model)
        assert spearman(results, setting, model) == pytest.approx(expected, abs=CLOSE), model


@pytest.mark.parametrize("reference", ["gae-profile", "gae-dir"])
def test_the_best_directed_autoencoder_is_ahead_of_undirected_ones(
    results: list[Result], reference: str
) -> None:
    best = max(DIRECTED, key=lambda model: spearman(results, "transductive", model))
    assert paired_tests(board(results, "transductive"), reference)[best].low > 0.0


def test_models_that_know_tasks_by_identity_are_not_lucky_on_new_ones(results: list[Result]) -> None:
    ranked = {result.model.config.name for result in board(results, "inductive").results}
    assert not ranked & {"z-svd3", "source-target-profile", "gravity-dir"}
