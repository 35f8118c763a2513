"""``affinity-bench plan``, as it is typed."""

from pathlib import Path

import pandas as pd
import pytest

from benchmark.cli import main
from recovery.cli import COMMANDS

from ...typed import exit_code

MATRIX = 'source,"a, b","c ""d""",[e],f\n"a, b",,0.3,,\n"c ""d""",0.1,,,\n[e],,0.4,,\nf,,,,\ng,,,,\n'


def plan(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    return exit_code(monkeypatch, lambda: main(COMMANDS), "plan", *map(str, words))


def test_filled_in_and_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix, out, done = (tmp_path / name for name in ("my.csv", "plan.csv", "done.csv"))
    matrix.write_text(MATRIX)
    words = (matrix, "--budget", 8, "--batch", 3, "--out", out)
    assert plan(monkeypatch, *words) == 0
    printed = capsys.readouterr().out
    assert "Further runs are expected to change" in printed
    assert "3 runs to measure, 0 done, 3 of 8 spent" in printed
    rows = pd.read_csv(out, dtype={"value": object})
    assert len(rows) == 3
    rows["value"] = ["0.2", "", "failed"]
    rows.to_csv(out, index=False)
    done.write_text("source,target,value\ng,f,0.7\n")
    assert plan(monkeypatch, *words, "--tell", done) == 0
    printed = capsys.readouterr().out
    assert "(proposed before)" in printed
    assert "3 runs to measure, 2 done, 6 of 8 spent" in printed
    again = pd.read_csv(out, dtype={"value": object})
    assert list(again.kind[:4]) == ["picked", "picked", "picked", "told"]
    assert plan(monkeypatch, *words, "--tell", done) == 2
    assert "done.csv: 'g' -> 'f' is measured already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--budget", 0), "a budget of 0 pays for nothing"),
        (("--budget", "nan"), "a budget of nan is no number: give one, such as 40"),
        (("--budget", "inf"), "a budget of inf is no number"),
        (("--budget", "many"), "--budget many: write a number, such as 40"),
        (("--budget", 0.5), "a budget of 0.5 pays for nothing: the cheapest run costs 1"),
        (("--budget", 5, "--batch", 0), "--batch 0: let 1 run or more be under way, or leave it out"),
        (("--budget", 5, "--shared", 0), "shared=0: train 1 source or more"),
        (("--budget", 5, "--calibrate", -1), "calibrate=-1: draw 0 runs or more"),
        (("--budget", 5, "--costs", "costs.csv"), "costs.csv: row 2 ('a' -> 'f') is no transfer of 'my'"),
    ],
)
def test_one_line_for_a_mistake(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my.csv").write_text(MATRIX)
    Path("costs.csv").write_text("source,target,cost\na,f,1\n")
    assert plan(monkeypatch, "my.csv", *words) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"affinity-bench: {line}")
    assert not Path("plan.csv").exists()


def test_a_measured_matrix_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan.csv"
    assert plan(monkeypatch, "taskonomy", "--budget", 5, "--out", out) == 2
    assert "fully measured" in capsys.readouterr().err
    assert not out.exists()


def test_what_is_next_once_nothing_is_pending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my.csv").write_text(MATRIX)

    def measure_all() -> None:
        rows = pd.read_csv("plan.csv", dtype={"value": object})
        rows["value"] = [f"0.{number}" for number in range(1, len(rows) + 1)]
        rows.to_csv("plan.csv", index=False)

    def said(*words: object) -> str:
        assert plan(monkeypatch, "my.csv", *words) == 0
        measure_all()
        capsys.readouterr()
        assert plan(monkeypatch, "my.csv", *words) == 0
        return capsys.readouterr().out

    assert "Nothing more is affordable." in said("--budget", 1)
    assert "The draw is over, and nothing is picked after it." in said("--budget", 5)
    # The results of one plan are told to the next, which picks again.
    Path("plan.csv").rename("before.csv")
    assert plan(monkeypatch, "my.csv", "--budget", 6, "--calibrate", 0, "--tell", "before.csv") == 0
    assert "plan.csv: 1 run to measure, 5 done, 6 of 6 spent" in capsys.readouterr().out
    Path("plan.csv").unlink()
    assert "Nothing is left to measure." in said("--budget", 99)


def test_recovering_shows_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("recovery.recover.shortlist", lambda _: ["source-mean", "kernel-ridge"])
    Path("my.csv").write_text(MATRIX)
    assert plan(monkeypatch, "my.csv", "--budget", 3, "--recovered", "there") == 0
    printed = capsys.readouterr().out
    assert "[2/2] kernel-ridge: expected Spearman" in printed
    assert Path("there/index.html").is_file()
