"""The mirror as the real client keeps it: offline files read back, and trouble that stays its own."""

import io
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from benchmark.cli import main
from benchmark.results.files import read_result, result_paths, table_path
from benchmark.results.schema import Result
from benchmark.tracking.wandb_mirror import Mirror, run_folders
from benchmark.tracking.wandb_record import run_record

from ...typed import exit_code
from ...wandb_offline import offline_runs, read_run
from ...wandb_peer import Peer
from ..conftest import one_cell, ready

QUICK = ["--splits", "3", "--members", "2", "--epochs", "5", "--dataset", "taskonomy", "--workers", "1"]
BENCH = Path(sys.executable).with_name("affinity-bench")


def saved(results_folder: Path, model: str, *, setting: str = "transductive") -> tuple[Result, pd.DataFrame]:
    path = one_cell(model, setting=setting).path(results_folder)
    return read_result(path), pd.read_parquet(table_path(path, "curves"))


def bench(out: Path, *words: str, mode: str) -> subprocess.CompletedProcess[str]:
    settings = os.environ | {"WANDB_MODE": mode}
    command = [BENCH, "run", *QUICK, "--out", out, *words]
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=180, check=False)


def everything_in(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def offline(tmp_path: Path, said: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    monkeypatch.setenv("WANDB_MODE", "offline")
    return Mirror(out=tmp_path, console=Console(file=said, width=200))


@pytest.mark.processes
def test_an_offline_run_says_what_the_result_file_says(
    offline: Mirror, tmp_path: Path, results_folder: Path
) -> None:
    result, curves = saved(results_folder, "source-target-profile")
    offline.keep(result, curves)
    record = run_record(result, curves)
    (run,) = offline_runs(tmp_path)
    assert run.summary == record.summary
    assert run.config == record.config
    assert run.history == record.history
    assert run.exit_code == 0
    told = (run.about["run_id"], run.about["display_name"], run.about["run_group"], run.about["job_type"])
    assert told == (record.id, "source-target-profile", record.group, "cell")
    assert run.about["tags"] == ["taskonomy", "transductive", "protocol-1"]
    assert record.group == "taskonomy 16k ahp / transductive 1/3 / protocol 1"


@pytest.mark.processes
def test_a_run_is_replaced_and_another_result_is_another_run(
    offline: Mirror, tmp_path: Path, results_folder: Path
) -> None:
    result, curves = saved(results_folder, "source-target-profile")
    failed = result.model_copy(update={"status": "failed", "metrics": {}})
    changed = result.model_copy(update={"fingerprint": "0" * 64})
    offline.keep(failed, None)
    offline.keep(result, curves)  # the cell again, with the same id
    offline.keep(changed, None)
    (first,), (second,) = (run_folders(tmp_path, run_record(each).id) for each in (result, changed))
    assert first != second
    assert read_run(first).summary["spearman"] == result.metrics["spearman"].mean
    assert len(list((tmp_path / "wandb").iterdir())) == 2


@pytest.mark.processes
def test_a_failed_cell_ends_its_run_as_failed(offline: Mirror, tmp_path: Path, results_folder: Path) -> None:
    result, _ = saved(results_folder, "source-target-profile")
    offline.keep(result.model_copy(update={"status": "failed", "metrics": {}, "error": "on purpose"}), None)
    (run,) = offline_runs(tmp_path)
    assert run.exit_code == 1
    assert run.summary["status"] == "failed"


@pytest.mark.processes
def test_the_runner_tells_the_mirror_when_the_files_are_written(offline: Mirror, tmp_path: Path) -> None:
    cell = one_cell("z-svd3")
    result = ready(cell).execute(tmp_path, mirror=offline)
    (folder,) = run_folders(tmp_path, run_record(result).id)
    assert folder.stat().st_mtime_ns >= cell.path(tmp_path).stat().st_mtime_ns


@pytest.mark.processes
def test_a_cell_that_is_there_already_makes_no_second_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    words = ["--model", "z-svd1", "--setting", "transductive", "--out", str(tmp_path)]
    folders = []
    for _ in range(2):
        assert exit_code(monkeypatch, main, "run", *QUICK, *words) == 0
        folders.append([(path, path.stat().st_mtime_ns) for path in (tmp_path / "wandb").iterdir()])
    assert "0 written, 1 already there" in capsys.readouterr().out
    assert len(folders[0]) == 1
    assert folders[0] == folders[1]


def test_switched_off_nothing_is_made(tmp_path: Path, said: io.StringIO, results_folder: Path) -> None:
    assert os.environ["WANDB_MODE"] == "disabled"
    Mirror(out=tmp_path, console=Console(file=said)).keep(*saved(results_folder, "source-target-profile"))
    assert list(tmp_path.iterdir()) == []


def test_trouble_with_the_disk_is_said_once_and_the_cells_go_on(
    offline: Mirror, tmp_path: Path, said: io.StringIO
) -> None:
    (tmp_path / "wandb").write_text("a file where the client wants a folder")
    for model in ("z-svd3", "random"):
        cell = one_cell(model)
        assert ready(cell).execute(tmp_path, mirror=offline).status == "ok"
        assert read_result(cell.path(tmp_path)).status == "ok"
    assert said.getvalue().count("Weights & Biases") == 1
    assert "their result files are complete" in said.getvalue()


@pytest.mark.processes
def test_online_without_a_key_is_offline_and_says_so(
    tmp_path: Path, said: io.StringIO, monkeypatch: pytest.MonkeyPatch, results_folder: Path
) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    mirror = Mirror(out=tmp_path, console=Console(file=said, width=200))
    mirror.keep(*saved(results_folder, "source-target-profile"))
    assert "needs a key in WANDB_API_KEY" in said.getvalue()
    assert [run.folder.name.startswith("offline-") for run in offline_runs(tmp_path)] == [True]


@pytest.mark.slow  # one writer of several processes is in the default tests of running/test_workers.py
@pytest.mark.processes
def test_two_processes_make_one_run_without_a_call_a_key_or_a_trace_of_the_machine(
    peer: Peer, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    words = ["--model", "source-target-profile", "--setting", "transductive", "--devices", "2"]
    done = bench(out, *words, mode="offline")
    assert done.returncode == 0, done.stderr
    (run,) = offline_runs(out)
    (path,) = result_paths(out)
    assert run.summary == run_record(read_result(path)).summary
    assert [row["split"] for row in run.history if "split" in row] == [0, 1, 2]
    assert peer.calls == {}
    kept = everything_in(run.folder) + everything_in(tmp_path / "home")
    for secret in (peer.key, socket.gethostname(), "--devices", "torchmetrics==", "cells expected"):
        assert secret.encode() not in kept, secret


@pytest.mark.processes
def test_online_each_cell_is_posted_once(
    peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    words = ["--model", "z-svd1,group-prior", "--setting", "transductive", "--out", tmp_path / "results"]
    assert exit_code(monkeypatch, main, "run", *QUICK, *words) == 0
    results = [read_result(path) for path in result_paths(tmp_path / "results")]
    assert len(results) == len(peer.known.runs) == 2
    for result in results:
        record = run_record(result)
        run = peer.known.runs["affinity-bench", record.id]
        assert {key: run.summary[key] for key in record.summary} == record.summary
        assert (run.state, len(run.history), run.streamed_lines) == ("finished", 4, 4)
    assert peer.key.encode() not in everything_in(tmp_path)
    printed = capsys.readouterr()
    assert peer.key not in printed.out + printed.err


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["refused", "401", "500", "killed"])
def test_a_server_in_trouble_costs_a_run_little_and_no_result(
    trouble: str, peer: Peer, tmp_path: Path
) -> None:
    if trouble == "refused":
        peer.stop()
    elif trouble == "killed":
        peer.fault = lambda call: peer.stop() if call == "file_stream" else None
    else:
        peer.fault = lambda _: int(trouble)
    words = ["--model", "z-svd1,group-prior", "--setting", "transductive"]
    started = time.monotonic()
    done = bench(tmp_path, *words, mode="online")
    assert time.monotonic() - started < 60
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Weights & Biases:") == 1
    assert "from here on runs are kept offline" in done.stdout
    second, first = (read_result(path) for path in result_paths(tmp_path))
    assert (first.status, second.status, second.model.config.name) == ("ok", "ok", "group-prior")
    (folder,) = run_folders(tmp_path, run_record(second).id)
    assert read_run(folder).summary == run_record(second).summary
