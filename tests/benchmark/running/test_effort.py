"""The effort that a board pins."""

from pathlib import Path

import pytest

from benchmark.results.files import read_result
from benchmark.running.effort import other_effort

from ..conftest import one_cell


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 0, "members": 8, "epochs": 400}, ""),
        ({"seed": 77, "members": 2, "epochs": 5}, "seed 77, 2 members, 5 epochs"),
        ({"seed": 0, "members": 1, "epochs": 400}, "1 members"),
    ],
)
def test_what_differs_from_a_board_is_said(changes: dict[str, int], words: str, results_folder: Path) -> None:
    result = read_result(one_cell("source-target-profile").path(results_folder))
    changed = result.model_copy(update={"run": result.run.model_copy(update=changes)})
    assert other_effort(changed) == words


def test_a_model_that_is_not_trained_has_one_member(results_folder: Path) -> None:
    assert other_effort(read_result(one_cell("z-svd3").path(results_folder))) == "10 epochs"
