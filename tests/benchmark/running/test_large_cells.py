"""What a run says of large cells before it starts, and the parts in which they run."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmark.cli import main
from benchmark.running.memory.plan import MASK_ARRAYS, PROCESS_BYTES

from ...typed import exit_code

SIZE = 40
# Python and predictions, and about two thirds of what the replicas of the model below need.
TIGHT = f"{(PROCESS_BYTES + 4 * (4 + MASK_ARRAYS) * 8 * SIZE**2) / 2**20 + 1.9:.2f}MiB"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    names = [f"task {number}" for number in range(SIZE)]
    values = np.random.default_rng(0).normal(size=(SIZE, SIZE))
    pd.DataFrame(values, index=pd.Index(names, name="source"), columns=names).to_csv(tmp_path / "own.csv")
    options = "--setting transductive --model source-target-profile --splits 4 --members 4 --epochs 5"
    return ["run", "--dataset", str(tmp_path / "own.csv"), *options.split(), "--out", str(tmp_path / "out")]


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=[pytest.mark.processes, pytest.mark.slow])])
def test_a_large_cell_is_estimated_and_runs_in_parts(
    workers: str, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = ["--memory", TIGHT if workers == "1" else f"{2 * float(TIGHT[:-3])}MiB"]
    models = [] if workers == "1" else ["--model", "source-target-profile,gae-profile"]
    assert exit_code(monkeypatch, main, *words, *memory, *models, "--workers", workers) == 0
    printed = capsys.readouterr().out
    name = "own own value transductive 1/3 source-target-profile"
    lines = [line for line in printed.splitlines() if line.startswith(name)]
    assert "parts, about 57" in lines[0]
    assert "MiB, at most about 0:00:0" in lines[0]
    count = int(lines[0].removeprefix(f"{name}: ").split()[0])
    assert count > 1
    assert lines[1] == f"{name}: part 1 of {count}"
    assert lines[count].startswith(f"{name}: part {count} of {count}, about 0:00:0")
    assert f"{len(models) or 1} cells expected, {len(models) or 1} written" in printed


def test_a_cell_that_does_not_fit_is_refused_before_anything_runs(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(monkeypatch, main, *words, "--model", "z-svd1,gae-profile", "--memory", "500MiB") == 2
    error = capsys.readouterr().err
    assert error.startswith("affinity-bench: z-svd1 on own needs at least 578 MiB in every process: ")
    assert "the budget is 500 MiB: give more memory" in error
    assert not list(tmp_path.rglob("*.json"))


def test_an_amount_without_a_unit_is_refused(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(monkeypatch, main, *words, "--memory", "4") == 2
    assert "memory '4' is not an amount of memory" in capsys.readouterr().err
