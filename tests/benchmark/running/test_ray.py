"""``--launcher ray`` on a real Ray cluster: the files of a sequential run, whatever happens to a worker."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.results.files import read_result

from ..command import MODELS, Started, complete, contents, words

LONGER = ["--epochs", "400", "--members", "16"]


@pytest.mark.processes
@pytest.mark.slow
def test_cells_on_ray_are_those_of_a_sequential_run(tmp_path: Path) -> None:
    complete(*words(tmp_path / "here"))
    run = Started(words(tmp_path / "ray", "--launcher", "ray"))
    assert run.process.stdout is not None
    first_line = run.process.stdout.readline()
    # While its workers are there: nothing of it listens to anybody but this machine.
    addresses = listening(set(run.alive()))
    code, output, error = run.finish(seconds=300)
    assert code == 0, error
    assert first_line.startswith("[1/")
    assert f"{len(MODELS)} cells expected, {len(MODELS)} written" in output
    assert len(addresses) > 3
    assert [address for address in addresses if "127.0.0.1" not in address] == []
    assert contents(tmp_path / "ray") == contents(tmp_path / "here")
    printed = complete(*words(tmp_path / "ray", "--launcher", "ray"))
    assert f"0 written, {len(MODELS)} already there" in printed


def listening(processes: set[int]) -> list[str]:
    """Local addresses on which some processes accept connections."""
    rows = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    own = [row for row in rows if processes & {int(pid) for pid in re.findall(r"pid=(\d+)", row)}]
    return [row.split()[3] for row in own]


@pytest.mark.processes
@pytest.mark.slow
def test_the_cell_of_a_killed_worker_is_run_again(tmp_path: Path) -> None:
    run = Started(words(tmp_path / "ray", *LONGER, "--launcher", "ray"))

    def at_work() -> list[int]:
        return [number for number, words in run.alive().items() if words.startswith("ray::compute_cell")]

    run.wait_until(at_work, seconds=300)
    killed = at_work()
    for number in killed:
        os.kill(number, signal.SIGKILL)
    code, output, error = run.finish(seconds=300)
    assert code == 0, error
    assert f"{len(MODELS)} written, 0 already there: {len(MODELS)} ok" in output
    complete(*words(tmp_path / "here", *LONGER))
    assert contents(tmp_path / "ray") == contents(tmp_path / "here")
    print(f"{len(killed)} workers killed at work, every file as without")


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
    script = f"""
import sys
from pathlib import Path
from functools import partial
from rich.console import Console
from benchmark.running.launchers import RunPlan, choose_launcher
from benchmark.progress.run import RunProgress
from benchmark.running.cell import RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from lit_models.loading.config import ModelConfig

source = find_source("medmnist")
(good,) = cells_of(source, load_suite("default"), settings=["transductive"], models=["z-svd1"])
deadly = ModelConfig(name="deadly", class_path="deadly.Deadly")
plan = RunPlan(cells=[good.model_copy(update={{"model": deadly}}), good], read={{source.name: source.read}},
            effort=RunSettings(numbers=(0, 1)), hardware=Hardware(), out=Path({str(tmp_path)!r}), force=False)
progress = RunProgress(console=Console(quiet=True), cells=2)
launch = choose_launcher("ray", workers=1)
for result, _ in launch(plan, progress=progress, last_words=str):
    print(result.model.config.name, result.status)
"""
    printed = complete(sys.executable, "-c", script, PYTHONPATH=str(tmp_path))
    # Ray itself says what it lost, in colour.
    own = [line for line in printed.splitlines() if not line.startswith("\x1b")]
    assert sorted(line for line in own if line) == ["deadly failed", "z-svd1 ok"]
    (file,) = tmp_path.rglob("deadly.json")
    assert "its worker was lost 4 times" in str(read_result(file).error)


@pytest.mark.parametrize("more", [["--devices", "2"], ["--num_nodes", "2"]])
def test_several_processes_a_cell_are_refused(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmark.cli import main

    monkeypatch.setattr(sys, "argv", words(tmp_path, "--launcher", "ray", *more))
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "--launcher ray runs every cell in one process" in capsys.readouterr().err
