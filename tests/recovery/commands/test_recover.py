"""``affinity-bench recover``, as it is typed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmark.cli import main
from recovery.cli import COMMANDS
from recovery.recovery import Recovery

from ...typed import exit_code


def recover(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    return exit_code(monkeypatch, lambda: main(COMMANDS), "recover", *map(str, words))


@pytest.fixture
def matrix(half: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    half.to_csv(path)
    return path


def test_it_says_what_it_did_and_what_it_promises(
    matrix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert recover(monkeypatch, matrix, "--model", "kernel-ridge", "--level", "0.8", "--out", out) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("mine: 25 sources × 25 targets, ")
    assert "nothing measured to 'colorization'" in printed.splitlines()[0]
    assert "[2/2] kernel-ridge: expected Spearman" in printed
    assert "of 600 transfers recovered by kernel-ridge." in printed
    assert "the source mean would give" in printed
    assert "Not guaranteed: the intervals are made for 80%" in printed
    assert "Without a single measured source, from the other targets alone: colorization" in printed
    assert str(out / "index.html") in printed
    assert Recovery.load(out).record.name == "mine"


def test_a_draw_is_written_measured_and_read_back(
    matrix: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, drawn = tmp_path / "out", tmp_path / "out" / "drawn.csv"
    assert recover(monkeypatch, matrix, "--draw", 20, "--out", out) == 0
    assert "20 cells. Measure all of them" in capsys.readouterr().out
    cells = pd.read_csv(drawn)
    assert recover(monkeypatch, matrix, "--draw", 20, "--out", out) == 0  # the same list
    assert recover(monkeypatch, matrix, "--drawn", drawn, "--out", out) == 2
    assert "has no value. Measure all of the drawn cells" in capsys.readouterr().err
    cells.assign(value=np.linspace(-6, -4, 20)).to_csv(drawn, index=False)
    assert recover(monkeypatch, matrix, "--draw", 20, "--out", out) == 2
    assert "perhaps filled in" in capsys.readouterr().err
    assert recover(monkeypatch, matrix, "--drawn", drawn, "--model", "source-mean", "--out", out) == 0
    assert (
        "Guaranteed: an interval covers a random remaining cell with probability 90%"
        in capsys.readouterr().out
    )
    assert Recovery.load(out).guarantee.calibration_cells == 20


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--draw", "5", "--chosen", "random"], "--draw only names cells"),
        (["--level", "95"], "for 95 %, write 0.95"),
        (["--chosen", "drawn"], "takes the list of drawn cells"),
        (["--tasks", "no.csv"], "no.csv: there is no such file"),
    ],
)
def test_a_mistake_is_one_message(
    matrix: Path,
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert recover(monkeypatch, matrix, "--out", tmp_path / "out", *words) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
