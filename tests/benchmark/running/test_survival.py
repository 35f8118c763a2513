"""Runs that are killed at random moments, that lose a process, and that share an output folder."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from ..command import MODELS, Started, complete, contents, words
from .test_equality import TORCHRUN, free_port

pytestmark = [pytest.mark.processes, pytest.mark.slow]  # each starts the command several times

TRIALS = 20
LOST_WITHIN_SECONDS = 60.0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run that nothing happens to leaves."""
    out = tmp_path_factory.mktemp("undisturbed")
    complete(*words(out))
    return out


# A process that has imported everything forks runs and kills them, so that it is work which is cut short, not
# the import of torch. It prints how many cells were there when each was killed.
KILL_TRIALS = """
import os, random, signal, sys, time
from pathlib import Path
import benchmark.commands.run
from benchmark.cli import main

def start(words):
    child = os.fork()
    if child:
        return child
    sys.argv = words
    sys.stdout = open(os.devnull, "w")
    try:
        main()
    except SystemExit as stop:
        os._exit(stop.code)
    finally:
        os._exit(1)

draw, folder, words = random.Random(0), Path(sys.argv[2]), sys.argv[3:]
started = time.monotonic()
assert os.waitpid(start([*words, "--out", str(folder / "timed")]), 0)[1] == 0
whole = time.monotonic() - started
for trial in range(int(sys.argv[1])):
    out = folder / str(trial)
    run = start([*words, "--out", str(out)])
    time.sleep(draw.uniform(0, whole))
    os.kill(run, signal.SIGKILL)
    os.waitpid(run, 0)
    print(len(list(out.rglob("*.json"))), flush=True)
    assert os.waitpid(start([*words, "--out", str(out)]), 0)[1] == 0, trial
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_kill_9_at_random_moments_costs_only_the_cells_in_work(
    workers: str, undisturbed: Path, tmp_path: Path
) -> None:
    """Twenty trials; a rerun completes each, and every file is the one of an undisturbed run."""
    command = [word for word in words(tmp_path, "--workers", workers) if word not in {"--out", str(tmp_path)}]
    script = [sys.executable, "-c", KILL_TRIALS, str(TRIALS), str(tmp_path), *command]
    cells_there = complete(*script, seconds=600).split()  # and no process is left
    expected = contents(undisturbed)
    assert [trial for trial in range(TRIALS) if contents(tmp_path / str(trial)) != expected] == []
    print(f"{TRIALS} of {TRIALS} trials identical; of {len(MODELS)} cells, there when killed: {cells_there}")
    assert len(cells_there) == TRIALS
    assert len(set(cells_there)) > 2, "every trial was killed at the same point"


@pytest.mark.parametrize("rank", [0, 1])
def test_a_rank_that_is_killed_ends_the_run_with_the_reason(rank: int, tmp_path: Path) -> None:
    run = Started(words(tmp_path, "--devices", "2", "--epochs", "4000", "--members", "32"))
    run.wait_until(lambda: list(tmp_path.rglob("*.json")), seconds=180)
    (child,) = set(run.alive()) - {run.process.pid}
    os.kill(run.process.pid if rank == 0 else child, signal.SIGKILL)
    seconds = run.wait_until(
        lambda: run.process.poll() is not None and not run.alive(), seconds=LOST_WITHIN_SECONDS
    )
    code, _, error = run.finish(seconds=10)
    print(f"rank {rank} killed: all gone after {seconds:.1f} s")
    if rank == 1:
        assert code == 1
        assert re.search(
            r"affinity-bench: process 1 of this run was killed by signal 9\. \d of 6 cells", error
        )
        assert "To go on, run the same command again" in error
    else:
        assert code == -signal.SIGKILL
    assert not [path for path in contents(tmp_path) if path.endswith(".tmp")]


def test_a_node_that_is_killed_ends_the_other(tmp_path: Path) -> None:
    """Two nodes of torchrun on loopback; the second loses its process."""
    meeting = ["--rdzv-backend", "c10d", "--rdzv-id", "t", "--rdzv-endpoint", f"127.0.0.1:{free_port()}"]
    torchrun = [str(TORCHRUN), "--nnodes=2", "--nproc-per-node=1", *meeting, "--local-addr=127.0.0.1"]
    outs = [tmp_path / str(node) for node in range(2)]
    more = ["--num_nodes", "2", "--epochs", "4000", "--members", "32"]
    nodes = [Started([*torchrun, *words(out, *more)]) for out in outs]
    nodes[0].wait_until(lambda: list(tmp_path.rglob("*.json")), seconds=180)
    (writer,) = [out for out in outs if list(out.rglob("*.json"))]
    survivor, victim = nodes if writer == outs[0] else nodes[::-1]
    (worker,) = [number for number in victim.alive() if number != victim.process.pid]
    os.kill(worker, signal.SIGKILL)
    seconds = survivor.wait_until(
        lambda: not survivor.alive() and not victim.alive(), seconds=LOST_WITHIN_SECONDS
    )
    print(f"a process of the other node killed: all gone after {seconds:.1f} s")
    code, _, error = survivor.finish(seconds=10)
    victim.finish(seconds=10)
    assert code == 1
    assert "affinity-bench: " in error
    assert "of 6 cells are finished and stored in" in error


@pytest.mark.parametrize(("devices", "workers"), [(1, 1), (1, 2), (2, 1)])
def test_two_runs_into_one_folder_leave_every_cell_once_and_whole(
    devices: int, workers: int, undisturbed: Path, tmp_path: Path
) -> None:
    runs = [Started(words(tmp_path, "--devices", str(devices), "--workers", str(workers))) for _ in range(2)]
    for run in runs:
        code, output, error = run.finish(seconds=300)
        assert code == 0, error
        assert f"{len(MODELS)} cells expected" in output
    assert set(contents(tmp_path)) == set(contents(undisturbed))
    if devices == 1:
        assert contents(tmp_path) == contents(undisturbed)
    printed = complete(*words(tmp_path))
    assert f"0 written, {len(MODELS)} already there" in printed


def test_what_a_killed_run_left_is_tidied_even_if_every_cell_is_there(
    undisturbed: Path, tmp_path: Path
) -> None:
    complete(*words(tmp_path))
    folder = next(tmp_path.rglob("*.json")).parent
    (folder / ".z-svd1.json.1.tmp").write_bytes(b"{")
    complete(*words(tmp_path))
    assert contents(tmp_path) == contents(undisturbed)
