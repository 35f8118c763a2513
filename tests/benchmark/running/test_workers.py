"""``--workers 2``: the files of a run with one worker, whatever happens to it, and no process is left."""

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from benchmark.cli import main
from benchmark.results.files import read_result
from benchmark.running.launchers import choose_launcher, count_workers
from benchmark.running.launchers.in_process import run_here
from benchmark.running.launchers.on_ray import run_on_ray
from benchmark.running.memory.budget import MemoryBudget, parse_memory
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError

from ...typed import exit_code
from ...wandb_offline import offline_runs
from ..command import MODELS, Started, complete, contents, words

LONGER = ["--epochs", "400", "--members", "16"]
WORKER = "multiprocessing.forkserver"
EXAMPLE = Path(__file__).parents[3] / "examples" / "my_recovery_model.py"


def workers_of(run: Started) -> list[int]:
    """Processes that compute cells, and not the server that they are forked from."""
    servers = {number for number, command in run.alive().items() if WORKER in command}
    return [number for number in servers if parent_of(number) in servers]


def parent_of(number: int) -> int:
    """The process that started another one."""
    return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.processes
@pytest.mark.parametrize(
    "more",
    [
        pytest.param((), id="shipped"),
        pytest.param((f"{EXAMPLE}:MyRecoveryModel",), id="one-of-a-user", marks=pytest.mark.slow),
    ],
)
def test_two_workers_write_what_one_does_and_one_process_tells_weights_and_biases(
    more: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = ["z-svd1", "source-target-dir", *more]
    small = ["--splits", "2", "--epochs", "5"]
    assert exit_code(monkeypatch, main, *words(tmp_path / "one", *small, models=models)[1:]) == 0
    run = Started(words(tmp_path / "two", *small, "--workers", "2", models=models), WANDB_MODE="offline")
    code, output, error = run.finish(seconds=120)
    assert (code, error) == (0, "")
    count = len(models)
    assert [line.split()[0] for line in output.splitlines()[:count]] == [
        f"[{place}/{count}]" for place in range(1, count + 1)
    ]
    assert f"{count} cells expected, {count} written, 0 already there: {count} ok" in output
    runs = offline_runs(tmp_path / "two")
    assert sorted(each.about["display_name"] for each in runs) == sorted(
        name.rpartition(":")[2] for name in models
    )
    of_results = {
        path: content for path, content in contents(tmp_path / "two").items() if not path.startswith("wandb/")
    }
    assert of_results == contents(tmp_path / "one")


@pytest.mark.processes
@pytest.mark.slow
def test_the_cell_of_a_killed_worker_is_run_again(tmp_path: Path) -> None:
    run = Started(words(tmp_path / "killed", *LONGER, "--workers", "2"))
    run.wait_until(lambda: len(workers_of(run)) == 2, seconds=120)
    for number in workers_of(run):
        os.kill(number, signal.SIGKILL)
    code, output, error = run.finish(seconds=300)
    assert code == 0, error
    assert f"{len(MODELS)} written, 0 already there: {len(MODELS)} ok" in output
    complete(*words(tmp_path / "one", *LONGER))
    assert contents(tmp_path / "killed") == contents(tmp_path / "one")


@pytest.mark.processes
@pytest.mark.slow
def test_a_model_that_kills_every_worker_fails_its_own_cell(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(
        """
import os, signal
from lit_models.base import RecoveryModel

class Deadly(RecoveryModel):
    def __init__(self, num_tasks, num_features):
        super().__init__()

    def forward(self, graph):
        os.kill(os.getpid(), signal.SIGKILL)
"""
    )
    models = [f"{tmp_path / 'deadly.py'}:Deadly", "z-svd1", "gae-profile"]
    run = Started(words(tmp_path / "out", "--workers", "2", models=models))
    code, output, error = run.finish(seconds=300)
    assert code == 1, error
    assert "3 cells expected, 3 written, 0 already there: 1 failed, 2 ok" in output
    (file,) = tmp_path.rglob("Deadly.json")
    assert read_result(file).error == "its worker was lost 4 times: was killed by signal 9"


@pytest.mark.processes
@pytest.mark.slow
def test_a_killed_parent_leaves_no_process(tmp_path: Path) -> None:
    run = Started(words(tmp_path, *LONGER, "--workers", "2"))
    run.wait_until(lambda: len(workers_of(run)) == 2, seconds=120)
    run.process.kill()
    seconds = run.wait_until(lambda: not run.alive(), seconds=10)
    code, _, _ = run.finish(seconds=10)
    assert code == -signal.SIGKILL
    print(f"parent killed: all gone after {seconds:.1f} s")


@pytest.mark.processes
@pytest.mark.slow
def test_a_full_disk_is_one_message_and_leaves_no_process(tmp_path: Path) -> None:
    script = f"""
import sys
from benchmark.results import atomic_files
from benchmark.running import cell
from benchmark.results.atomic_files import StorageError

def full(*_, **__):
    raise StorageError("no space left on the device.")

cell.write_result = full
sys.argv = {words(tmp_path, *LONGER, "--workers", "2")!r}
from benchmark.cli import main
main()
"""
    run = Started([sys.executable, "-c", script])
    code, _, error = run.finish(seconds=120)
    assert code == 2
    assert error.startswith("affinity-bench: no space left on the device. 0 of 6 cells are finished")


@pytest.mark.parametrize(
    ("launcher", "hardware", "message"),
    [
        ("ray", Hardware(), "--workers 2 is for --launcher local"),
        ("local", Hardware(devices=2), "--devices 2 --num_nodes 1 runs every cell in 2"),
        ("local", Hardware(num_nodes=3), "--devices 1 --num_nodes 3 runs every cell in 3"),
    ],
)
def test_several_workers_are_refused_where_there_is_no_room_for_them(
    launcher: Literal["local", "ray"], hardware: Hardware, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        count_workers(launcher, workers=2, hardware=hardware, cells=9)


@pytest.mark.parametrize(
    ("workers", "hardware", "cells", "expected"),
    [
        ("auto", Hardware(), 9, 7),
        ("auto", Hardware(), 3, 3),
        ("auto", Hardware(memory=MemoryBudget(total_bytes=parse_memory("4.5GiB"))), 9, 4),
        ("auto", Hardware(memory=MemoryBudget(total_bytes=parse_memory("0.5GiB"))), 9, 1),
        ("auto", Hardware(devices=2), 9, 1),
        ("auto", Hardware(num_nodes=2), 9, 1),
        ("auto", Hardware(accelerator="gpu"), 9, 1),
        (2, Hardware(accelerator="gpu"), 9, 2),
        (1, Hardware(), 9, 1),
        (1, Hardware(devices=2), 9, 1),
        (9, Hardware(), 3, 3),
    ],
)
def test_there_are_as_many_workers_as_cores_and_memory_and_no_more_than_cells(
    workers: int | Literal["auto"],
    hardware: Hardware,
    cells: int,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmark.running.launchers.choice.available_cores", lambda: 7)
    monkeypatch.setattr("benchmark.running.memory.budget.machine_bytes", lambda: 2**36)
    assert count_workers("local", workers=workers, hardware=hardware, cells=cells) == expected


def test_one_worker_is_this_process() -> None:
    assert choose_launcher("local", workers=1) is run_here
    assert choose_launcher("ray", workers=1) is run_on_ray
    several = choose_launcher("local", workers=2)
    assert isinstance(several, partial)
    assert several.keywords == {"workers": 2}
