"""What is said when the processes of a run cannot be had."""

import sys
from pathlib import Path

import pytest
import torch

from benchmark.cli import main
from benchmark.running.processes import Processes
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError

from ..command import Started, words


def processes(**hardware: object) -> Processes:
    return Processes(Hardware(**hardware), last_words=str)  # type: ignore[arg-type]  # words and numbers


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_an_accelerator_that_is_not_there_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", words(tmp_path, "--accelerator", "gpu"))
    with pytest.raises(SystemExit, match="2"):
        main()
    error = capsys.readouterr().err
    assert error.startswith("affinity-bench: accelerator gpu, 1 devices: ")
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_a_launcher_with_another_number_of_processes_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `srun --nodes 2 affinity-bench run` without --num_nodes."""
    job = {"NTASKS": "2", "NTASKS_PER_NODE": "1", "PROCID": "0", "LOCALID": "0", "NODEID": "0", "JOB_ID": "1"}
    for name, value in {**job, "JOB_NAME": "test"}.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    with pytest.raises(UserError, match=r"2 processes were started, but --devices × --num_nodes is 1 × 1"):
        processes()


def test_one_process_needs_no_other() -> None:
    assert processes().all_failed()


MODELS = """
import os, torch
from lit_models.base import RecoveryModel

class Fails(RecoveryModel):
    def __init__(self, num_tasks, num_features, *, rank=""):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(num_tasks, num_tasks))
        self.rank = rank

    def forward(self, graph):
        if os.environ["LOCAL_RANK"] in self.rank.split(","):
            raise RuntimeError("on purpose")
        return graph.affinity + self.weight
"""
SCRIPT = """
from pathlib import Path
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
bad = ModelConfig(name="fails", class_path="fails.Fails", init_args={"rank": RANKS})
cells = [good.model_copy(update={"model": bad}), good]
plan = RunPlan(cells=cells, read={source.name: source.read}, effort=RunSettings(epochs=5, numbers=(0, 1)),
            hardware=Hardware(devices=2), out=Path(OUT), force=False)
progress = RunProgress(console=Console(quiet=True), cells=2)
launch = choose_launcher("local", workers=1)
for result, _ in launch(plan, progress=progress, last_words=lambda: "So much is done."):
    print(result.model.config.name, result.status, flush=True)
"""


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.parametrize("ranks", ["0,1", "0", "1"])
def test_a_model_that_fails_on_all_ranks_fails_its_cell_and_on_one_the_run(
    ranks: str, tmp_path: Path
) -> None:
    (tmp_path / "fails.py").write_text(MODELS)
    script = tmp_path / "run.py"
    script.write_text(SCRIPT.replace("RANKS", repr(ranks)).replace("OUT", repr(str(tmp_path))))
    run = Started([sys.executable, str(script)], PYTHONPATH=str(tmp_path))
    code, output, error = run.finish(seconds=300)
    if ranks == "0,1":
        assert code == 0, error
        assert sorted(output.splitlines()) == sorted(2 * ["fails failed", "z-svd1 ok"])
    else:
        assert code == 1
        assert "affinity-bench: fails: on purpose" in error
        assert "So much is done." in error
        assert list(tmp_path.rglob("*.json")) == []


LISTENS = """
import psutil
import torch.distributed as dist
from benchmark.running.distributed import gather, leave
from benchmark.running.processes import Processes
from benchmark.running.trainer import Hardware

Processes(Hardware(devices=2), last_words=str)
own = [each.laddr.ip for each in psutil.Process().net_connections() if each.status == psutil.CONN_LISTEN]
everyone = [address for addresses in gather(own) for address in addresses]
if dist.get_rank() == 0:
    print(sorted({*everyone, "127.0.0.1"}), flush=True)
dist.barrier()
leave()
"""


@pytest.mark.processes
@pytest.mark.slow
def test_processes_on_one_machine_listen_on_loopback_only(tmp_path: Path) -> None:
    script = tmp_path / "listens.py"
    script.write_text(LISTENS)
    code, output, error = Started([sys.executable, str(script)]).finish(seconds=300)
    assert code == 0, error
    assert output.splitlines()[-1] == "['127.0.0.1']"
