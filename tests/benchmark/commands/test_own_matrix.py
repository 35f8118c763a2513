"""``make bench`` on a user's own matrix: square, rectangular, partly measured, with and without tasks."""

from pathlib import Path

import numpy as np
import pytest

from benchmark.cli import main
from benchmark.results.files import read_results
from datamodules.own_matrix.reading import HowToRead, Reading
from datamodules.own_matrix.table import read_file
from recovery.cli import COMMANDS

from ...typed import exit_code

QUICK = ["--splits", "3", "--members", "2", "--epochs", "5", "--workers", "1"]
MODELS = "group-prior,z-svd2,source-target-profile,source-target-dir+z,source-target-dir-inductive"


def bench(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    return exit_code(monkeypatch, main, "run", *words)


def write_matrix(path: Path, *, sources: int, targets: int, bipartite: bool, missing: float = 0.0) -> Path:
    rng = np.random.default_rng(0)
    value = rng.normal(size=(sources, 1)) + rng.normal(size=(sources, targets))
    blank = rng.random(value.shape) < missing
    columns = [f"{'target' if bipartite else 'task'} {j}, naïve" for j in range(targets)]
    lines = ["," + ",".join(f'"{name}"' for name in columns)]
    for i, row in enumerate(value):
        cells = ["" if hidden else repr(float(cell)) for cell, hidden in zip(row, blank[i], strict=True)]
        lines.append(",".join([f'"task {i}, naïve"', *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("sources", "targets", "bipartite", "missing"),
    [(12, 12, False, 0.0), (14, 10, False, 0.15), (15, 9, True, 0.0)],
)
def test_any_shape_is_benchmarked(
    sources: int,
    targets: int,
    bipartite: bool,
    missing: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write_matrix(
        tmp_path / "mine.csv", sources=sources, targets=targets, bipartite=bipartite, missing=missing
    )
    out = tmp_path / "out"
    assert bench(monkeypatch, "--dataset", str(path), "--out", str(out), "--model", MODELS, *QUICK) == 0
    results = {(each.place.setting, each.model.config.name): each for each in read_results(out)}
    assert results["transductive", "source-target-profile"].metrics["spearman"].mean is not None
    assert {each.place.dataset for each in results.values()} == {"mine"}
    assert ("inductive", "source-target-dir-inductive") not in results
    printed = capsys.readouterr().out
    assert "mine says nothing about its tasks, so there is no Z: " in printed
    assert "mine own, value, transductive" in printed


def test_tasks_become_embeddings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_matrix(tmp_path / "mine.csv", sources=12, targets=12, bipartite=False)
    tasks = tmp_path / "tasks.csv"
    rows = [f'"task {i}, naïve",{"ab"[i % 2]},{i * 0.5}' for i in range(12)]
    tasks.write_text("name,group,size\n" + "\n".join(rows) + "\n", encoding="utf-8")
    words = ["--dataset", str(path), "--tasks", str(tasks), "--model", MODELS]
    assert bench(monkeypatch, *words, "--out", str(tmp_path / "out"), *QUICK) == 0
    results = {(each.place.setting, each.model.config.name): each for each in read_results(tmp_path / "out")}
    assert results["inductive", "source-target-dir-inductive"].status == "ok"
    assert results["inductive", "group-prior"].metrics["spearman"].mean is not None


def test_lower_is_better_turns_the_ranking_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_matrix(tmp_path / "mine.csv", sources=12, targets=12, bipartite=False)
    words = ["--dataset", str(path), "--model", "z-svd1", "--setting", "transductive", *QUICK]
    for name, more in (("up", []), ("down", ["--lower-is-better"])):
        assert bench(monkeypatch, *words, *more, "--out", str(tmp_path / name)) == 0
    (up,), (down,) = (read_results(tmp_path / name) for name in ("up", "down"))
    assert up.data.dataset_hash != down.data.dataset_hash
    assert up.data.split_hashes == down.data.split_hashes
    # negating a matrix negates its z-scores, and with both the predictions: the agreement stays
    assert down.metrics["spearman"].mean == pytest.approx(up.metrics["spearman"].mean, abs=1e-5)
    assert down.data.unit == "as given, negated"


def test_a_matrix_too_small_to_be_scored_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_matrix(tmp_path / "small.csv", sources=5, targets=5, bipartite=False)
    words = ["--dataset", str(path), "--model", "z-svd1", "--setting", "transductive", *QUICK]
    assert bench(monkeypatch, *words, "--out", str(tmp_path / "out")) == 0
    assert "not scored: small own, value, transductive" in capsys.readouterr().out


def test_a_matrix_is_read_once_however_many_cells_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_matrix(tmp_path / "mine.csv", sources=12, targets=12, bipartite=False)
    reads: list[Path] = []

    def counted(file: Path, how: HowToRead) -> Reading:
        reads.append(file)
        return read_file(file, how)

    monkeypatch.setattr("datamodules.own_matrix.source.read_file", counted)
    words = ["--dataset", str(path), "--model", "group-prior,source-mean", "--out", str(tmp_path / "out")]
    assert bench(monkeypatch, *words, *QUICK) == 0
    assert len(read_results(tmp_path / "out")) == 4
    assert reads == [path]


def test_a_bad_file_is_one_message_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert bench(monkeypatch, "--dataset", str(tmp_path / "photo.csv"), "--out", str(tmp_path / "out")) == 2
    error = capsys.readouterr().err
    assert "this is not UTF-8 text but a PNG image" in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_pair_features_of_ones_own_reach_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_matrix(tmp_path / "mine.csv", sources=12, targets=12, bipartite=False)
    rows = [
        f'"task {i}, naïve","task {j}, naïve",{i * j % 5}' for i in range(12) for j in range(12) if i != j
    ]
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("\n".join(["source,target,distance", *rows]) + "\n", encoding="utf-8")
    words = ["--dataset", str(path), "--pairs", str(pairs), "--out", str(tmp_path / "out")]
    models = "kernel-ridge,kernel-ridge+pairs,pairs-ridge"
    assert bench(monkeypatch, *words, "--model", models, *QUICK) == 0
    found = {
        each.model.config.name: each.metrics["spearman"].mean
        for each in read_results(tmp_path / "out")
        if each.place.setting == "transductive"
    }
    assert found["kernel-ridge"] != found["kernel-ridge+pairs"]
    assert set(found) == set(models.split(","))


def test_results_on_it_are_verified_with_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write_matrix(tmp_path / "mine.csv", sources=12, targets=12, bipartite=False))
    out = str(tmp_path / "out")
    words = ["--model", "z-svd1", "--setting", "transductive", "--workers", "1", "--out", out]
    assert bench(monkeypatch, "--dataset", path, *words) == 0

    def verify(*more: str) -> tuple[int, str]:
        code = exit_code(monkeypatch, lambda: main(COMMANDS), "verify", out, *more)
        return code, capsys.readouterr().out

    assert verify("--dataset", path)[0] == 0
    code, said = verify()
    assert (code, "'mine' is no published dataset: give your own matrix with --dataset" in said) == (1, True)
    code, said = verify("--dataset", path, "--lower-is-better")
    assert (code, "data.dataset_hash: the result is of another mine" in said) == (1, True)
