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


def test_one_line_for_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix, costs = tmp_path / "my.csv", tmp_path / "costs.csv"
    matrix.write_text(MATRIX)
    costs.write_text("source,target,cost\na,f,1\n")
    out = ("--out", tmp_path / "plan.csv")
    assert plan(monkeypatch, matrix, "--budget", 0, *out) == 2
    assert "a budget of 0 pays for nothing" in capsys.readouterr().err
    assert plan(monkeypatch, matrix, "--budget", 5, "--costs", costs, *out) == 2
    assert "costs.csv: row 2 ('a' -> 'f') is no transfer" in capsys.readouterr().err
    assert plan(monkeypatch, "taskonomy", "--budget", 5, *out) == 2
    assert "fully measured" in capsys.readouterr().err
    assert not (tmp_path / "plan.csv").exists()
