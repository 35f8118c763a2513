"""Boards as Markdown, on results made by hand."""

from pathlib import Path

import pytest

from benchmark.results.files import write_result
from benchmark.results.schema import Result, Timing
from datamodules.errors import UserError
from leaderboard.boards.aggregate import make_boards
from leaderboard.boards.overall import make_overalls
from leaderboard.cli import main
from leaderboard.markdown.boards_file import boards_file
from leaderboard.markdown.overall import agreement_table, ranking_table, score_tables, verdict_table
from leaderboard.markdown.readme_board import BEGIN, END, with_board

from ...typed import exit_code
from ..conftest import Make


@pytest.fixture
def results(make: Make) -> list[Result]:
    """Two datasets: `good` before `fair` on both, `part` on the first alone."""

    def on(dataset: str, **scores: float) -> list[Result]:
        made = [make(name, [score] * 3) for name, score in scores.items()]
        return [
            result.model_copy(
                update={
                    "place": result.place.model_copy(update={"dataset": dataset}),
                    "fingerprint": f"{dataset} {result.fingerprint}",
                }
            )
            for result in made
        ]

    return [*on("first", good=0.8, fair=0.5, part=0.9), *on("second", good=0.4, fair=0.25)]


def test_a_ranking_has_a_row_per_complete_model_and_the_best_of_a_field_in_bold(
    results: list[Result],
) -> None:
    (overall,) = make_overalls(make_boards(results))
    assert ranking_table(overall).splitlines() == [
        "| model | encoder | mean rank | 95 % | wins | other (2) |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
        "| good | – | 1.0 | 1.0 to 1.0 | 2 | **0.600** |",
        "| fair | – | 2.0 | 2.0 to 2.0 | 0 | 0.375 |",
    ]
    assert len(ranking_table(overall, first=1).splitlines()) == 3


def test_scores_have_every_model_and_the_best_of_a_dataset_in_bold(results: list[Result]) -> None:
    (overall,) = make_overalls(make_boards(results))
    ((field, table),) = score_tables(overall)
    assert field == "other"
    assert table.splitlines() == [
        "| model | first | second |",
        "| --- | ---: | ---: |",
        "| good | 0.800 ± 0.500 | **0.400 ± 0.500** |",
        "| fair | 0.500 ± 0.500 | 0.250 ± 0.500 |",
        "| part | **0.900 ± 0.500** | – |",
    ]


def test_a_best_score_of_zero_or_less_is_in_bold_as_well(make: Make) -> None:
    (overall,) = make_overalls(make_boards([make("low", [0.0] * 3), make("lower", [-0.5] * 3)]))
    ((_, table),) = score_tables(overall)
    assert table.splitlines()[2].endswith("| **0.000 ± 0.500** |")


def test_a_ranking_without_any_score_has_no_rows(make: Make) -> None:
    (overall,) = make_overalls(make_boards([make("none", [None] * 3)]))
    assert len(ranking_table(overall).splitlines()) == 2
    assert "| not scored | none (self-reported) |" in boards_file(overall.units[0])


def test_verdicts_need_three_datasets(results: list[Result]) -> None:
    (overall,) = make_overalls(make_boards(results))
    assert verdict_table(overall) == ""
    third = [
        result.model_copy(
            update={
                "place": result.place.model_copy(update={"dataset": "third"}),
                "fingerprint": f"third {result.fingerprint}",
            }
        )
        for result in results[:2]
    ]
    (overall,) = make_overalls(make_boards([*results, *third]))
    heading, _, good, fair = verdict_table(overall).splitlines()
    assert heading == "| against | good better | same | worse | Wilcoxon p (Holm) |"
    assert good == "| good | – | – | – | – |"
    assert fair == "| fair | 0.99 | 0.01 | 0.00 | 0.250 |"


def test_datasets_agree_as_far_as_they_order_the_complete_models_alike(results: list[Result]) -> None:
    (overall,) = make_overalls(make_boards(results))
    assert agreement_table(overall).splitlines() == [
        "| dataset | 1 |",
        "| --- | ---: |",
        "| 1 first |  |",
        "| 2 second | 1.00 |",
    ]


def test_the_file_has_every_board_and_is_the_same_for_results_in_any_order(results: list[Result]) -> None:
    text = boards_file(make_boards(results))
    assert [line for line in text.splitlines() if line.startswith("##")] == [
        "## Over all datasets",
        "### Transductive, 1/3 of the transfers hidden",
        "## What noise allows, and what a source mean explains",
        "## Each board",
        "### Other",
        "#### first up, score, transductive, 1/3 hidden",
        "#### second up, score, transductive, 1/3 hidden",
        "## Claims",
        "## What side information is worth",
        "## Claims on each board",
    ]
    assert "| 1 | part (self-reported) | – | – | reference | reference | 0.900 ± 0.500 |" in text
    assert boards_file(make_boards(results[::-1])) == text


def test_the_file_says_nothing_that_differs_between_two_runs(results: list[Result]) -> None:
    later = Timing(started="2027-01-01", fit_seconds=99.0, predict_seconds=9.0)
    again = [result.model_copy(update={"timing": later, "device": "other"}) for result in results]
    assert boards_file(make_boards(again)) == boards_file(make_boards(results))


def test_a_board_is_put_between_its_marks_and_nowhere_else(results: list[Result]) -> None:
    boards = make_boards(results)
    text = with_board(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n", boards)
    assert text.startswith(f"before\n\n{BEGIN}\n\n| model |")
    assert text.endswith(f"|\n\n{END}\n\nafter\n")
    assert "old" not in text
    assert with_board(text, boards) == text


@pytest.mark.parametrize("text", ["", f"{BEGIN}\n", f"{END}\n", f"{END}\n{BEGIN}\n"])
def test_a_text_without_the_marks_is_refused(text: str, results: list[Result]) -> None:
    with pytest.raises(UserError, match="markers of the board are missing"):
        with_board(text, make_boards(results))


def test_the_command_writes_both_files_and_then_leaves_them(
    results: list[Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for result in results:
        write_result(result, tmp_path / "results" / f"{result.fingerprint}.json", tables={})
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}\n{END}\n")
    out = tmp_path / "BOARDS.md"
    words = ["boards", "--results", tmp_path / "results", "--out", out, "--readme", readme]
    assert exit_code(monkeypatch, main, *words) == 0
    assert capsys.readouterr().out.splitlines() == [f"{out}: written", f"{readme}: written"]
    assert out.read_text() == boards_file(make_boards(results))
    assert "| good |" in readme.read_text()
    assert exit_code(monkeypatch, main, *words) == 0
    assert capsys.readouterr().out.splitlines() == [f"{out}: up to date", f"{readme}: up to date"]


def test_a_readme_that_is_not_there_is_named(
    results: list[Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_result(results[0], tmp_path / "results" / "good.json", tables={})
    words = ["boards", "--results", tmp_path / "results", "--out", tmp_path / "b.md", "--readme", "no.md"]
    assert exit_code(monkeypatch, main, *words) == 2
    assert "no.md: no such file" in capsys.readouterr().err
    assert not (tmp_path / "b.md").exists()
