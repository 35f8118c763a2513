"""``affinity-bench run`` on a small hub, as if it were too large for a matrix."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.cli_arguments import call_with_words
from benchmark.commands.run import run
from benchmark.running.memory.budget import MemoryBudget
from benchmark.running.sparse_estimate import SparseEstimate, some_sources
from benchmark.sparse.result import SparseResult
from datamodules.errors import UserError
from datamodules.sparse import large_file
from datamodules.sparse.gravity_hub import draw_gravity_hub
from datamodules.sparse.parquet import write_sparse_table
from datamodules.sparse.table import SparseAffinityTable

from ..command import AFFINITY_BENCH, complete


@pytest.fixture(scope="module")
def table() -> SparseAffinityTable:
    return draw_gravity_hub(cells=2000, sources=200, targets=40, seed=3).table


@pytest.fixture
def path(table: SparseAffinityTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(large_file, "MOST_PAIRS", 1000)
    write_sparse_table(table, tmp_path / "hub.parquet")
    return tmp_path / "hub.parquet"


def test_results_are_kept_apart_and_made_once(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--dataset", str(path), "--model", "source-mean,pmf", "--epochs", "2", "--splits", "2"]
    for there in (0, 2):
        assert call_with_words(run, [*words, "--out", str(path.parent / "results")], prog="run") == 0
        assert f"{there} already there" in capsys.readouterr().out
    folder = path.parent / "results-sparse" / "hub"
    assert not (path.parent / "results").exists()
    results = [SparseResult.model_validate_json(file.read_text()) for file in sorted(folder.iterdir())]
    assert [result.cell.model.name for result in results] == ["pmf", "source-mean"]
    for result in results:
        spearman = result.metrics["spearman"]
        assert spearman.mean == pytest.approx(np.mean(np.array(spearman.per_split, dtype=float)))
        assert len(spearman.per_split) == len(result.cell.split_hashes) == 2
    assert results[1].metrics["spearman"].mean > 0.4  # type: ignore[operator]  # a number here


@pytest.mark.processes
@pytest.mark.slow
def test_two_processes_score_what_one_does(tmp_path: Path) -> None:
    path = tmp_path / "hub.parquet"
    write_sparse_table(draw_gravity_hub(cells=30_000, sources=2000, targets=130, seed=3).table, path)
    words = [str(AFFINITY_BENCH), "run", "--dataset", str(path), "--model", "pmf", "--epochs", "3", "--out"]
    spearman = []
    for devices in ("1", "2"):
        complete(*words, str(tmp_path / devices), "--devices", devices)
        file = tmp_path / f"{devices}-sparse" / "hub" / "pmf.json"
        result = SparseResult.model_validate_json(file.read_text())
        assert result.processes == int(devices)
        spearman.append(result.metrics["spearman"].mean)
    assert spearman[0] == pytest.approx(spearman[1], abs=1e-4)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--mask", "1/3", "--workers", "2"], "--mask and --workers are for matrices"),
        (["--launcher", "ray"], "on several machines with torchrun"),
        (["--model", "kernel-ridge"], "has no sparse form"),
        (["--model", "source-mean", "--memory", "1kib"], "source-mean needs about"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_is_trained(
    words: list[str], problem: str, path: Path
) -> None:
    with pytest.raises(UserError, match=problem):
        call_with_words(run, ["--dataset", str(path), "--out", str(path.parent / "r"), *words], prog="run")


def test_a_part_of_the_sources_has_all_of_their_cells(table: SparseAffinityTable) -> None:
    part = some_sources(table, cells=500, seed=0)
    assert 500 <= len(part.value) < 700
    whole = dict(zip(table.source_names, table.cells_per_source.tolist(), strict=True))
    assert all(
        whole[name] == count for name, count in zip(part.source_names, part.cells_per_source, strict=True)
    )
    assert some_sources(table, cells=2000, seed=0) is table


def test_an_estimate_in_words() -> None:
    estimate = SparseEstimate(model="pmf", seconds=75.4, peak_bytes=2**30)
    assert str(estimate) == "pmf: about 0:01:15, about 1.0 GiB"
    estimate.check_fits(MemoryBudget(total_bytes=2**31))
    with pytest.raises(UserError, match="and it may take 1 MiB: name a smaller model"):
        estimate.check_fits(MemoryBudget(total_bytes=2**20))
    with pytest.raises(UserError, match="1 MiB: give it more memory"):
        replace(estimate, model="source-mean").check_fits(MemoryBudget(total_bytes=2**20))
