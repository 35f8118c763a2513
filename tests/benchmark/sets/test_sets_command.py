"""The sets track on a small file of one's own, and its boards."""

from pathlib import Path

import numpy as np
import pytest

from benchmark.cli import COMMANDS, main
from benchmark.results.track_files import content_of
from benchmark.sets.board import comparisons, set_boards
from benchmark.sets.enough import enough_sources
from benchmark.sets.result import read_results
from benchmark.sets.run_cell import make_task, run_cell
from benchmark.sets.verify import is_set_result, verify_set_result
from datamodules.errors import UserError
from datamodules.sets.published_sets import published_sets
from leaderboard.markdown.sets import sets_section
from lit_models.sets.registry import load_set_model
from recovery.cli import COMMANDS as RECOVERY_COMMANDS

from ...typed import exit_code


def sets(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    return exit_code(monkeypatch, lambda: main(COMMANDS), "sets", *words)


@pytest.fixture
def own(tmp_path: Path) -> tuple[Path, Path]:
    """A matrix of six tasks and 72 sets, as files."""
    rng = np.random.default_rng(0)
    names = list("abcdef")
    matrix, file = tmp_path / "my.csv", tmp_path / "my_sets.csv"
    lines = [",".join(["source", *names])]
    lines += [",".join([name, *(f"{number:.3f}" for number in rng.normal(size=6))]) for name in names]
    matrix.write_text("\n".join(lines) + "\n")
    rows = {
        (target, ";".join(sorted(rng.permutation([name for name in names if name != target])[:size])))
        for target in names
        for size in (2, 3, 4)
        for _ in range(8)
    }
    file.write_text(
        "target,sources,value\n"
        + "\n".join(f"{target},{sources},{rng.normal():.3f}" for target, sources in sorted(rows))
    )
    return matrix, file


def test_every_setting_is_run_once(
    own: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = (
        "--dataset",
        own[0],
        "--sets",
        own[1],
        "--model",
        "linear-surrogate",
        "--out",
        tmp_path / "out",
    )
    assert sets(monkeypatch, *words) == 0
    printed = capsys.readouterr().out
    assert "[6/6] my" in printed
    assert "already there" not in printed
    assert sets(monkeypatch, *words) == 0
    assert capsys.readouterr().out.count("already there") == 6
    results = read_results(tmp_path / "out")
    assert {(each.cell.setting, each.cell.pairs) for each in results} == {
        (setting, pairs) for setting in ("random", "larger", "pairs-only") for pairs in ("all", "2/3")
    }
    (choice, *_) = results[0].choices
    assert 1 <= choice.true_rank <= choice.hidden
    boards = set_boards(results)
    assert [len(board.results) for board in boards] == [1] * 6
    assert comparisons(boards) == []
    text = "\n\n".join(sets_section(results))
    assert "### my: larger" in text
    assert "| linear-surrogate | " in text


def test_own_matrices_need_their_sets(own: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    assert sets(monkeypatch, "--dataset", own[0]) == 2


def test_results_on_own_sets_are_verified_with_the_files_of_the_run(
    own: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files, out = ("--dataset", own[0], "--sets", own[1], "--lower-is-better"), tmp_path / "out"
    assert sets(monkeypatch, *files, "--model", "linear-surrogate", "--out", out) == 0
    result = next(out.rglob("random-all-pairs/*.json"))

    def verify(*words: object) -> int:
        return exit_code(monkeypatch, lambda: main(RECOVERY_COMMANDS), "verify", result, *words)

    assert verify(*files) == 0
    assert verify(*files[:-1]) == 1  # other values
    capsys.readouterr()
    assert verify() == 1
    assert "give your own matrix and sets with --dataset and --sets" in capsys.readouterr().out


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UserError, match="no result of the sets track"):
        read_results(tmp_path)


def test_more_sources_give_more_along_the_chains() -> None:
    curve = enough_sources(published_sets("taskonomy", chains=True))
    assert [each.sources for each in curve] == list(range(1, 25))
    assert curve[0].gain == 0.0
    assert all(each.targets == 15 for each in curve[:10])
    assert curve[4].gain > curve[1].gain > 0.0
    assert max(each.share for each in curve) <= 1.0


def test_a_result_is_verified_and_a_forged_one_refused(tmp_path: Path) -> None:
    task = make_task(published_sets("taskonomy"), "random", "all")
    result = run_cell(task, load_set_model("linear-surrogate"))
    result.write(tmp_path)
    (path,) = tmp_path.rglob("*.json")
    assert is_set_result(content_of(path))
    assert verify_set_result(path, models={}, split=1).refusals == []
    spearman = result.metrics["spearman"]
    better = spearman.model_copy(update={"per_split": [0.9] * 6, "mean": 0.9})
    result.model_copy(update={"metrics": {**result.metrics, "spearman": better}}).write(tmp_path)
    (refusal,) = verify_set_result(path, models={}, split=1).refusals
    assert refusal.startswith("metrics.spearman: 0.9 in the file")
    planted = tmp_path / "planted.py"
    planted.write_text("raise AssertionError('it was run')")
    model = result.cell.model.model_copy(update={"name": f"{planted}:Mine"})
    cell = result.cell.model_copy(update={"model": model})
    result.model_copy(update={"cell": cell}).write_to(path)
    (refusal,) = verify_set_result(path, models={}).refusals
    assert "code that only a file names is not run" in refusal
