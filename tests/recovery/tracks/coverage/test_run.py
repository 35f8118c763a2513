"""The coverage track on a small table, and its command."""

from pathlib import Path

import pytest

from benchmark.cli import main
from datamodules.errors import UserError
from datamodules.load_table import load_table
from recovery.cli import COMMANDS
from recovery.tracks.coverage.patterns import PATTERNS
from recovery.tracks.coverage.result import read_results
from recovery.tracks.coverage.run import make_subject, run_table

from ....typed import exit_code


def test_every_pattern_has_two_promises_and_the_same_seed_the_same_scores() -> None:
    table = load_table("cogtaskonomy")
    subject = make_subject(table, "source-mean", repeats=1)
    (one,), (other,) = (run_table(table, [subject]) for _ in range(2))
    assert one == other
    assert list(one.patterns) == list(PATTERNS)
    assert set(one.patterns["1/3 at random"]) == {"drawn", "random"}
    assert set(one.patterns["good ones"]) == {"drawn", "by-hand"}
    drawn = one.patterns["2/3 at random"]["drawn"]
    assert drawn.levels["0.8"].coverage <= drawn.levels["0.9"].coverage <= drawn.levels["0.95"].coverage
    # About 88 hidden cells; 20 are drawn, ten times, which bounds .95 just so.
    assert 500 < sum(each.cells for each in drawn.targets.values()) < 800
    assert drawn.levels["0.95"].unbounded == 0.0


def coverage(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    return exit_code(monkeypatch, lambda: main(COMMANDS), "coverage", *words)


def test_what_is_there_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--dataset", "cogtaskonomy", "--model", "source-mean", "--repeats", 1, "--out", tmp_path)
    assert coverage(monkeypatch, *words) == 0
    assert "cogtaskonomy: source-mean" in capsys.readouterr().out
    assert coverage(monkeypatch, *words) == 0
    printed = capsys.readouterr().out
    assert "already there" in printed
    assert "by-hand" in printed
    (there,) = read_results(tmp_path)
    assert there.subject.model == "source-mean"


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UserError, match="no result of the coverage track"):
        read_results(tmp_path)
