"""The effort that a board pins, and what boards say beside a name."""

from pathlib import Path

import pytest

from benchmark.results.effort import effort_options, other_effort
from benchmark.results.files import read_result, result_paths
from benchmark.results.marks import marks_of

from ..conftest import one_cell

COMMITTED = Path(__file__).parents[3] / "leaderboard" / "results"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 0, "members": 8, "epochs": 400}, []),
        ({"seed": 77, "members": 2, "epochs": 5}, ["seed 77", "2 members", "5 epochs"]),
        ({"seed": 0, "members": 1, "epochs": 400}, ["1 member"]),
    ],
)
def test_what_differs_from_a_board_is_said(
    changes: dict[str, int], words: list[str], results_folder: Path
) -> None:
    result = read_result(one_cell("source-target-profile").path(results_folder))
    changed = result.model_copy(update={"run": result.run.model_copy(update=changes)})
    assert other_effort(changed) == words
    assert marks_of(changed) == words
    usual = {"members": 8, "epochs": 400, "seed": 0}
    expected = [f"--{name}" for name, value in usual.items() if changes[name] != value]
    assert effort_options(changed)[::2] == expected


def test_of_a_model_that_is_not_trained_only_the_seed_counts(results_folder: Path) -> None:
    result = read_result(one_cell("z-svd3").path(results_folder))
    assert result.run.epochs != result.model.config.training.epochs
    assert other_effort(result) == []
    other = result.model_copy(update={"run": result.run.model_copy(update={"seed": 3})})
    assert other_effort(other) == ["seed 3"]


def test_a_name_and_a_class_that_are_shipped_are_not_self_reported(results_folder: Path) -> None:
    result = read_result(one_cell("z-svd3").path(results_folder))

    def marks(**changes: str) -> list[str]:
        config = result.model.config.model_copy(update=changes)
        return marks_of(
            result.model_copy(update={"model": result.model.model_copy(update={"config": config})})
        )

    assert marks() == []
    assert marks(name="z-svd33") == ["self-reported"]  # of a shipped class, with arguments of one's own
    assert marks(class_path="mine.ZSVD") == ["self-reported"]


def test_committed_results_have_the_effort_of_a_board_and_no_marks() -> None:
    for path in result_paths(COMMITTED)[::25]:
        assert marks_of(read_result(path)) == [], path
