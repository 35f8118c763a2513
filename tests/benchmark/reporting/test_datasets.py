"""``affinity-bench data`` lists every dataset, and shows one."""

from pathlib import Path

import pytest

from benchmark.cli import main
from datamodules.registry import DATASETS

from ...typed import exit_code


def data(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    return exit_code(monkeypatch, main, "data", *words)


LICENCES = {
    "taskweb": "NOT-STATED",
    "langrank-dep": "NOT-STATED",
    "langrank-mt": "NOT-STATED",
    "mimic-cotraining": "NOT-STATED",
    "tagging-cotraining": "GPL-3.0",
    "model-recycling": "APACHE-2.0",
}


def test_every_dataset_is_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert data(monkeypatch) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    for name, source in DATASETS.items():
        (row,) = [row for row in rows if row[:1] == [name]]
        assert row[1:3] == [source.regimes[0], next(iter(source.labels))]
        assert row[-1] == LICENCES.get(name, "MIT")


@pytest.mark.parametrize("name", ["taskonomy", "taskweb", "mimic-cotraining"])
def test_every_matrix_of_a_dataset_is_listed(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert data(monkeypatch, name) == 0
    rows = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    source = DATASETS[name]
    for regime in source.regimes:
        for label in source.labels:
            assert rows.count([name, regime, label]) == 1


def test_one_dataset_is_shown_with_its_tasks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert data(monkeypatch, "taskonomy") == 0
    printed = capsys.readouterr().out
    assert "log AHP affinity" in printed
    rows = [line.split() for line in printed.splitlines()]
    assert ["colorization", "2D", "pixel", "map", "22", "0"] in rows
    assert ["curvature", "3D", "pixel", "map", "21", "24"] in rows


def test_ones_own_matrix_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("from,x,y,z\na,1,2,3\nb,4,5,9\nc,7,8,6\nd,2,4,\n")
    assert data(monkeypatch, str(path)) == 0
    printed = capsys.readouterr().out
    assert "4 × 3" in printed
    assert "91.7%" in printed


def test_an_unknown_name_is_refused_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert data(monkeypatch, "medmist") == 2
    assert "did you mean 'medmnist'" in capsys.readouterr().err
