"""``BOARDS.md`` and the README's board say what the committed results say; `make boards` writes them."""

from pathlib import Path

import pytest

import leaderboard
from benchmark.denoising.comparison import read_comparisons
from benchmark.sets import result as set_results
from leaderboard.boards.aggregate import Board, find_results, make_boards
from leaderboard.boards.denoising import denoising_rows
from leaderboard.markdown.boards_file import boards_file
from leaderboard.markdown.readme_board import with_board
from recovery.tracks.campaign import result as plan_results
from recovery.tracks.coverage import result as coverage_results
from recovery.tracks.fidelity import result as fidelity_results

FOLDER = Path(leaderboard.__file__).parent
STALE = "not what leaderboard/results says: run `make boards`"


@pytest.fixture(scope="module")
def boards() -> list[Board]:
    return make_boards(find_results(FOLDER / "results", refuse=print))


def test_boards_file_is_what_the_committed_results_say(boards: list[Board]) -> None:
    expected = boards_file(
        boards,
        denoising=denoising_rows(read_comparisons(FOLDER / "results", refuse=print)),
        coverage=coverage_results.read_results(FOLDER / "results-coverage"),
        fidelity=fidelity_results.read_results(FOLDER / "results-fidelity"),
        new_target=plan_results.read_results(FOLDER / "results-new-target"),
        budget=plan_results.read_results(FOLDER / "results-budget"),
        sets=set_results.read_results(FOLDER / "results-sets"),
    )
    assert (FOLDER / "BOARDS.md").read_text(encoding="utf-8") == expected, f"BOARDS.md is {STALE}"


def test_the_board_of_the_readme_is_what_the_committed_results_say(boards: list[Board]) -> None:
    text = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert with_board(text, boards) == text, f"the README's board is {STALE}"
