"""The board that a run prints, and what it says came of the run."""

import io
from pathlib import Path

from rich.console import Console

from benchmark.reporting.console import BOARD_WIDTH
from benchmark.reporting.terminal_boards import boards, outcome, ranked
from benchmark.results.files import read_results


def printed(results_folder: Path, *, width: int = BOARD_WIDTH) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    for board in boards(read_results(results_folder)):
        console.print(board)
    return console.export_text()


def test_a_board_has_what_a_reader_needs(results_folder: Path) -> None:
    text = printed(results_folder)
    words = {
        *("rank", "model", "encoder", "Z", "Spearman", "pooled", "AUC", "recall", "@3", "regret", "@1"),
        *("seconds", "±", "new→known", "concordant", "transductive,", "1/3", "hidden"),
    }
    assert words <= set(text.split())


def test_models_stand_in_the_order_of_their_score(results_folder: Path) -> None:
    results = [each for each in read_results(results_folder) if each.place.setting == "transductive"]
    scores = [each.metrics["spearman"].mean or 0.0 for each in ranked(results)]
    assert scores == sorted(scores, reverse=True)
    names = [each.model.config.name for each in ranked(results)]
    text = printed(results_folder).split("transductive")[1]
    assert sorted(names, key=text.index) == names


def test_unsupported_models_are_named_and_not_ranked(results_folder: Path) -> None:
    first, *others = read_results(results_folder)
    refused = first.model_copy(update={"status": "unsupported", "error": "too few tasks", "metrics": {}})
    console = Console(file=io.StringIO(), record=True, width=BOARD_WIDTH)
    console.print(*boards([refused, *others]))
    text = " ".join(console.export_text().split())
    assert f"unsupported, rejected this data when built: {refused.model.config.name}" in text


def test_a_failed_model_is_said_with_its_reason(results_folder: Path, tmp_path: Path) -> None:
    results = read_results(results_folder)
    trace = "Traceback\n  ...\nRuntimeError: on purpose"
    results[0] = results[0].model_copy(update={"status": "failed", "error": trace, "metrics": {}})
    text = outcome(results, reused=2, out=tmp_path)
    assert "5 cells expected, 3 written, 2 already there" in text
    assert "1 failed" in text
    assert f"{results[0].model.config.name}: RuntimeError: on purpose" in text
    assert str(tmp_path) in text


def test_names_and_scores_are_whole_in_a_narrow_terminal(results_folder: Path) -> None:
    text = printed(results_folder, width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("±") == printed(results_folder).count("±")
    for result in read_results(results_folder):
        assert f" {result.model.config.name} " in text
    assert "Left out for want of room: pooled Spearman" in text
