"""A result is replaced only by a new answer to its own question."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmark.cli import main
from benchmark.results.files import result_paths


@pytest.fixture
def matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(Path("one") / "matrix.csv", seed=0)


def write(path: Path, *, seed: int) -> Path:
    names = [f"t{i}" for i in range(12)]
    path.parent.mkdir(exist_ok=True)
    pd.DataFrame(np.random.default_rng(seed).normal(size=(12, 12)), names, names).to_csv(path)
    return path


def run(monkeypatch: pytest.MonkeyPatch, path: Path, *words: str) -> int:
    line = ["affinity-bench", "run", "--dataset", str(path), "--model", "source-mean", "--mask", "1/3"]
    line += ["--setting", "transductive", "--workers", "1", "--out", "out", *words]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (["--splits", "2", "--seed", "1"], "seed 0, not 1"),
        (["--splits", "3"], "splits 0, 1, not 0 to 2"),
        (["--splits", "2", "--lower-is-better"], "the other direction of values"),
    ],
)
def test_another_question_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    matrix: Path,
    other: list[str],
    words: str,
) -> None:
    assert run(monkeypatch, matrix, "--splits", "2") == 0
    (path,) = result_paths(Path("out"))
    before = path.read_bytes()
    assert run(monkeypatch, matrix, *other) == 2
    said = capsys.readouterr().err
    assert "1 result of another question would be replaced" in said
    assert words in said
    assert "--force" in said
    assert path.read_bytes() == before
    assert run(monkeypatch, matrix, "--splits", "2") == 0  # the same one is there already
    assert path.read_bytes() == before
    assert run(monkeypatch, matrix, *other, "--force") == 0
    assert path.read_bytes() != before


def test_another_file_of_the_same_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], matrix: Path
) -> None:
    assert run(monkeypatch, matrix, "--splits", "2") == 0
    assert run(monkeypatch, write(Path("two") / "matrix.csv", seed=1), "--splits", "2") == 2
    assert "another matrix of this name, or the same one changed" in capsys.readouterr().err


def test_another_class_of_the_same_name_is_refused_and_a_changed_one_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], matrix: Path
) -> None:
    code = "from lit_models.means import SourceMean\nclass Net(SourceMean):\n    pass\n"
    for name in ("a_net", "b_net"):
        Path(f"{name}.py").write_text(code)
    assert run(monkeypatch, matrix, "--splits", "2", "--model", "a_net.py:Net") == 0
    assert run(monkeypatch, matrix, "--splits", "2", "--model", "b_net.py:Net") == 2
    assert "another class submission.a_net.Net, not submission.b_net.Net" in capsys.readouterr().err
    Path("a_net.py").write_text(code + "    depth = 3\n")
    assert run(monkeypatch, matrix, "--splits", "2", "--model", "a_net.py:Net") == 0
