"""What may be compared, and what a paired test says of real results."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmark.results.files import read_results
from benchmark.results.schema import Metric, Place, Result
from benchmark.running.applicability import select_applicable
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.boards.aggregate import absent_models, holm, make_boards, paired_tests

TASKONOMY = find_source("taskonomy")

EFFORT = RunSettings(members=2, epochs=10, numbers=(0, 1, 2))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    out: Path = tmp_path_factory.mktemp("results")
    names = ["z-svd3", "group-prior", "source-mean"]
    cells = cells_of(TASKONOMY, load_suite("default"), models=names)
    for cell in select_applicable(cells, cache(TASKONOMY.read)).cells:
        CellRun(
            cell,
            table=TASKONOMY.read(regime=cell.place.regime, label=cell.place.label),
            effort=EFFORT,
            hardware=Hardware(),
        ).execute(out)
    return read_results(out)


def with_scores(result: Result, per_split: list[float]) -> Result:
    metric = Metric(
        mean=float(np.mean(per_split)),
        low=0.0,
        high=1.0,
        per_split=list(per_split),
        per_target={},
        counted=1,
        left_out=0,
    )
    return result.model_copy(update={"metrics": {"spearman": metric}})


def test_a_board_is_one_place(results: list[Result]) -> None:
    boards = make_boards(results)
    assert {(board.place.setting, len(board.results)) for board in boards} == {
        ("transductive", 3),
        ("inductive", 2),
    }


def test_models_of_other_boards_of_a_dataset_are_named(results: list[Result]) -> None:
    boards = make_boards(results)
    other = [each.model_copy(update={"place": _elsewhere(each)}) for each in boards[0].results]
    absent = {board.place.setting: absent_models(board, [*boards, *make_boards(other)]) for board in boards}
    assert absent == {"transductive": [], "inductive": ["z-svd3"]}
    assert absent_models(boards[1], [boards[1], *make_boards(other)]) == []


def _elsewhere(result: Result) -> Place:
    return result.place.model_copy(update={"dataset": "another"})


@pytest.mark.parametrize("part", ["protocol_version", "dataset_hash", "split_hashes"])
def test_nothing_is_compared_across_versions_matrices_or_splits(results: list[Result], part: str) -> None:
    first, *others = [result for result in results if result.place.setting == "transductive"]
    if part == "protocol_version":
        changed = first.model_copy(update={part: 2})
    else:
        value = "0" if part == "dataset_hash" else ["0"]
        changed = first.model_copy(update={"data": first.data.model_copy(update={part: value})})
    assert [len(board.results) for board in make_boards([changed, *others])] == [1, 2]


def test_a_clear_lead_is_found_and_a_tie_is_not(results: list[Result]) -> None:
    base = [result for result in results if result.place.setting == "transductive"]
    noise = [0.00, 0.01, -0.01]
    scores = {"source-mean": 0.3, "z-svd3": 0.3, "group-prior": 0.9}
    made = [
        with_scores(
            result,
            [scores[result.model.config.name] + each * (index + 1) for each in noise],
        )
        for index, result in enumerate(base)
    ]
    (board,) = make_boards(made)
    tests = paired_tests(board, "source-mean")
    assert tests["group-prior"].low > 0.5
    assert tests["group-prior"].p_value < 0.05
    assert tests["z-svd3"].low < 0.0 < tests["z-svd3"].high
    assert "source-mean" not in tests


def test_models_without_a_score_are_in_no_test(results: list[Result]) -> None:
    scored = [result for result in results if result.place.setting == "inductive"]
    config = scored[0].model.config.model_copy(update={"name": "z-svd3"})
    model = scored[0].model.model_copy(update={"config": config})
    unscored = scored[0].model_copy(update={"model": model, "status": "failed", "metrics": {}})
    (board,) = make_boards([*scored, unscored])
    assert paired_tests(board, "z-svd3") == {}
    assert set(paired_tests(board, "source-mean")) == {"group-prior"}


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.02, 0.03, 0.5]) == pytest.approx([0.04, 0.06, 0.06, 0.5])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
