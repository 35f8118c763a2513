"""``affinity-bench leaderboard`` as a user types it."""

from pathlib import Path

import pytest

from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.cli import main

from ...typed import exit_code

NAMES = "abcdefghijkl"
MATRIX = "\n".join(
    [f"source,{','.join(NAMES)}"]
    + [
        ",".join([source, *("" if row == at else str((row * 7 + at * 5) % 11) for at in range(12))])
        for row, source in enumerate(NAMES)
    ]
)


def leaderboard(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    return exit_code(monkeypatch, main, "leaderboard", *words)


def test_a_matrix_of_ones_own_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = tmp_path / "mine.csv"
    matrix.write_text(MATRIX, "utf-8")
    source = find_source(str(matrix))
    table = source.read(regime="own", label="value")
    for cell in cells_of(
        source, load_suite("default"), settings=["transductive"], models=["source-mean", "z-svd1"]
    ):
        CellRun(cell, table=table, effort=RunSettings(members=1), hardware=Hardware()).execute(
            tmp_path / "results"
        )
    words = ["--results", str(tmp_path / "results"), "--out", str(tmp_path / "page")]
    assert leaderboard(monkeypatch, *words) == 0
    assert "2 results on 1 boards" in capsys.readouterr().out
    page = tmp_path / "page" / "index.html"
    assert "data-board=" not in page.read_text("utf-8")
    assert leaderboard(monkeypatch, *words, "--dataset", str(matrix)) == 0
    assert "data-board=" in page.read_text("utf-8")


def test_no_results_is_said_with_the_way_to_make_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leaderboard(monkeypatch, "--results", str(tmp_path), "--out", str(tmp_path / "page")) == 1
    assert "make bench DATASET=taskonomy" in capsys.readouterr().out
    assert "make bench DATASET=taskonomy" in (tmp_path / "page" / "index.html").read_text("utf-8")


def test_a_damaged_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.json").write_text("{}", "utf-8")
    assert leaderboard(monkeypatch, "--results", str(tmp_path), "--out", str(tmp_path / "page")) == 2
    said = capsys.readouterr()
    assert "bad.json: schema_version: Field required" in said.out
    assert "none of the 1 JSON files" in said.err
