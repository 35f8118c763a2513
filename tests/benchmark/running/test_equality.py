"""What 2 and 3 processes, or two nodes, make of 7 splits, against one process: float64, dropout on."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmark.running.trainer import Hardware
from lit_models.registry import load_model, model_names

from .equality import BATCH_DEPENDENT, FORKED, SPLITS, measure, settings_of

SCRIPT = Path(__file__).with_name("equality.py")
TORCHRUN = Path(sys.executable).with_name("torchrun")
TOLERANCE = 1e-9
FEWER = ["source-target-dir", "z-svd3"]
# A convolution with dropout, a variational one with normal noise, singular values, and what calibrates.
FEW = ["source-target-dir", "gravity-vgae-profile", "z-svd3", "stacked"]
# Everything that can be built, with task embeddings of metadata where there is a choice.
ALL = [*model_names(), *(f"{name}+z" for name in model_names() if load_model(name).z == "none")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", **more}


def finish(processes: Sequence["subprocess.Popen[str]"], *, minutes: float) -> None:
    for process in processes:
        try:
            output, _ = process.communicate(timeout=60 * minutes)
        finally:
            process.kill()
        assert process.returncode == 0, output


def start(*words: object, env: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    )


def assert_equal_to_one_process(file: Path, models: list[str]) -> float:
    """Compare an archive with what this one process makes of the same models: the largest difference."""
    assert [path.name for path in file.parent.glob("rank-*")] == ["rank-0"]
    alone = measure(models, hardware=Hardware())
    together = np.load(file)
    assert set(together.files) == set(alone)
    differences = {}
    for name, values in alone.items():
        assert len(values) == SPLITS
        np.testing.assert_array_equal(np.isnan(values), np.isnan(together[name]))
        differences[name] = float(np.nanmax(np.abs(values - together[name]), initial=0))
    control = differences.pop(f"{BATCH_DEPENDENT}/transductive/scores")
    assert control > 1e-3, "the comparison is blind: draws that depend on the batch went unnoticed"
    del differences[f"{BATCH_DEPENDENT}/transductive/spearman"]
    assert {name: value for name, value in differences.items() if value > TOLERANCE} == {}
    return max(differences.values())


@pytest.mark.processes
def test_two_processes_change_nothing(tmp_path: Path) -> None:
    models, file = [*FEWER, BATCH_DEPENDENT], tmp_path / "scores.npz"
    finish([start(sys.executable, SCRIPT, FORKED, file, "cpu", 2, 1, *models, env=environment())], minutes=5)
    assert_equal_to_one_process(file, models)


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.parametrize(
    ("processes", "models"),
    [
        pytest.param(3, FEW, id="3-few"),
        pytest.param(2, ALL, id="2-all"),
        pytest.param(3, ALL, id="3-all"),
    ],
)
def test_processes_of_torchrun_change_nothing(processes: int, models: list[str], tmp_path: Path) -> None:
    models, file = [*models, BATCH_DEPENDENT], tmp_path / "scores.npz"
    words = [TORCHRUN, "--standalone", "--nproc-per-node", processes]
    finish(
        [start(*words, SCRIPT, file, "cpu", processes, 1, *models, env=environment())],
        minutes=30,
    )
    difference = assert_equal_to_one_process(file, models)
    print(f"{processes} processes, {len(models) - 1} models: largest difference {difference:.1e}")


@pytest.mark.processes
@pytest.mark.slow
def test_two_nodes_of_torchrun_change_nothing(tmp_path: Path) -> None:
    models, file, port = [*FEW, BATCH_DEPENDENT], tmp_path / "scores.npz", free_port()
    meeting = ["--rdzv-backend", "c10d", "--rdzv-id", "test", "--rdzv-endpoint", f"127.0.0.1:{port}"]
    words = [TORCHRUN, "--nnodes", 2, "--nproc-per-node", 1, *meeting, "--local-addr", "127.0.0.1"]
    finish(
        [start(*words, SCRIPT, file, "cpu", 1, 2, *models, env=environment()) for _ in range(2)], minutes=5
    )
    difference = assert_equal_to_one_process(file, models)
    print(f"two nodes, torchrun: largest difference {difference:.1e}")


@pytest.mark.processes
@pytest.mark.slow
def test_two_nodes_of_slurm_change_nothing(tmp_path: Path) -> None:
    """The variables that srun sets: Lightning takes rank, number of processes and meeting point from them."""
    models, file, port = [*FEW, BATCH_DEPENDENT], tmp_path / "scores.npz", free_port()
    job = {
        "SLURM_JOB_ID": "1",
        "SLURM_JOB_NAME": "test",
        "SLURM_NTASKS": "2",
        "SLURM_NTASKS_PER_NODE": "1",
        "SLURM_NNODES": "2",
        "SLURM_NODELIST": "127.0.0.1",
        "SLURM_LOCALID": "0",
        "MASTER_PORT": str(port),
    }
    nodes = [
        start(
            *(sys.executable, SCRIPT, file, "cpu", 1, 2, *models),
            env=environment(**job, SLURM_NODEID=str(node), SLURM_PROCID=str(node)),
        )
        for node in range(2)
    ]
    finish(nodes, minutes=5)
    difference = assert_equal_to_one_process(file, models)
    print(f"two nodes, SLURM: largest difference {difference:.1e}")


def test_everything_that_can_drop_out_does() -> None:
    rates = {name: load_model(name).init_args.get("dropout") for name in model_names()}
    assert sum(rate is not None for rate in rates.values()) > 20
    assert [name for name, rate in rates.items() if rate == 0.0] == []


@pytest.mark.slow
def test_every_configured_model_is_compared_in_some_setting() -> None:
    assert [name for name in model_names() if not list(settings_of(load_model(name)))] == []
