"""What do two processes gain over one, where there is much to share out?

    .venv/bin/python tests/speed/processes.py

Trains 64 splits × 2 members of one model on a synthetic matrix of 400 tasks, one thread a process, in turn:

1. all splits in one process;
2. all splits shared out between two processes, as ``--devices 2`` does;
3. half of the splits in one process, the other core idle;
4. both halves at once, in two processes that know nothing of each other.

Efficiency is the time of 1 over twice that of 2, and the product of three shares that say where it goes: how
nearly half of the work takes half of the time (1 over twice 3), what the cores leave each other (3 over 4),
and what is left of it when the processes keep in step (4 over 2). Timed are the epochs from the third on and
the validation check among them; the losses of 2 must be those of 1.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch

from benchmark.running.distributed import gather, is_rank_zero, leave
from benchmark.running.trainer import Hardware, make_trainer
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.splits.protocol import VALIDATION_SHARE, Split
from lit_models.registry import load_model, model_factory
from lit_models.training.lit_recovery import LitRecovery

MODEL = "source-target-profile"
TASKS = 400
SPLITS = 64
MEMBERS = 2
EPOCHS = 7
WARM_UP_EPOCHS = 2
ROUNDS = 3
ENOUGH = 0.8


def synthetic_table() -> AffinityTable:
    """[400, 400] of rank 8 with noise; every transfer is eligible but the diagonal."""
    rng = np.random.default_rng(0)
    value = rng.normal(size=(TASKS, 8)) @ rng.normal(size=(8, TASKS)) + rng.normal(size=(TASKS, TASKS))
    diagonal = np.eye(TASKS, dtype=bool)
    names = tuple(f"task-{number}" for number in range(TASKS))
    nothing = ("",) * TASKS
    return AffinityTable(
        name="synthetic",
        regime="synthetic",
        label="synthetic",
        unit="none",
        task_names=names,
        value=np.where(diagonal, np.nan, value),
        eligible=~diagonal,
        groups=nothing,
        kinds=nothing,
    )


def random_split(number: int, eligible: np.ndarray[Any, np.dtype[np.bool_]]) -> Split:
    """A third of the entries hidden at random: the protocol's folds take minutes to make at this size."""
    rng = np.random.default_rng([1, number])
    query = eligible & (rng.random(eligible.shape) < 1 / 3)
    validation = eligible & ~query & (rng.random(eligible.shape) < VALIDATION_SHARE)
    observed = eligible & ~query & ~validation
    return Split(number, number, observed, validation, query, np.zeros(len(eligible), bool))


def episodes(numbers: Sequence[int]) -> AffinityDataModule:
    """The datamodule of a few cheap splits of the matrix, with these in their place."""
    table = synthetic_table()
    small = np.zeros_like(table.eligible)
    small[:9, :9] = table.eligible[:9, :9]
    data = AffinityDataModule(table=replace(table, eligible=small))
    data.table = table
    data.splits = [random_split(number, table.eligible) for number in numbers]
    return data


class Clock(pl.Callback):
    """Seconds between the ends of epochs, checks included."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_train_epoch_end(self, *_: object) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()  # else the clock would stop before the work
        self.ends.append(time.perf_counter())

    @property
    def seconds(self) -> float:
        return self.ends[-1] - self.ends[WARM_UP_EPOCHS - 1]


def work(first: int, last: int, processes: int, accelerator: str = "cpu") -> None:
    """Train some splits; rank zero prints seconds and final losses."""
    torch.set_num_threads(1)
    data = episodes(range(first, last))
    module = LitRecovery.for_data(model_factory(load_model(MODEL)), data, members=MEMBERS)
    clock = Clock()
    make_trainer(Hardware(accelerator=accelerator, devices=processes), epochs=EPOCHS, callbacks=[clock]).fit(
        module, datamodule=data
    )
    last_point = gather(module.curve[-1])
    losses = {
        int(position) + first: float(loss.mean())
        for point in last_point
        for position, loss in zip(point.position, point.train_loss, strict=True)
    }
    if is_rank_zero():
        print(json.dumps({"seconds": clock.seconds, "losses": losses}))
    leave()


def start(first: int, last: int, *, processes: int = 1, accelerator: str = "cpu") -> "subprocess.Popen[str]":
    """Train some splits in processes of their own."""
    torchrun = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    return subprocess.Popen(
        [
            sys.executable,
            *(torchrun if processes > 1 else []),
            *(__file__, str(first), str(last), str(processes), accelerator),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def finish(*started: "subprocess.Popen[str]") -> tuple[float, dict[str, float]]:
    """Seconds of the slowest, and the losses of all."""
    answers = []
    for process in started:
        output, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"a process ended with code {process.returncode}: run its command by hand")
        answers.append(json.loads(output.splitlines()[-1]))
    losses = {number: loss for answer in answers for number, loss in answer["losses"].items()}
    return max(answer["seconds"] for answer in answers), losses


def main() -> None:
    """Measure in turn and print ratios."""
    half = SPLITS // 2
    shares: dict[str, list[float]] = {}
    for turn in range(ROUNDS):
        one, losses = finish(start(0, SPLITS))
        two, shared_out = finish(start(0, SPLITS, processes=2))
        if losses.keys() != shared_out.keys():
            raise SystemExit("a split was lost or counted twice")
        worst = max(abs(shared_out[number] - loss) / loss for number, loss in losses.items())
        if worst > 1e-3:
            raise SystemExit(f"the losses of two processes differ from those of one by {worst:.1%}")
        idle, _ = finish(start(0, half))
        beside, _ = finish(start(0, half), start(half, SPLITS))
        measured = {
            "efficiency of 2 processes": one / (2 * two),
            "half of the work in half of the time": one / (2 * idle),
            "what the cores leave each other": idle / beside,
            "what keeping in step leaves": beside / two,
        }
        for name, share in measured.items():
            shares.setdefault(name, []).append(share)
        print(
            f"round {turn + 1}: " + ", ".join(f"{name} {share:.0%}" for name, share in measured.items()),
            flush=True,
        )
    for name, values in shares.items():
        print(f"{name}: {statistics.median(values):.0%} ({', '.join(f'{value:.0%}' for value in values)})")
    efficiency, *parts = shares.items()
    if statistics.median(efficiency[1]) < ENOUGH:
        name, _ = min(parts, key=lambda part: statistics.median(part[1]))
        print(f"below {ENOUGH:.0%}; most is lost at: {name}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        work(*map(int, sys.argv[1:4]), accelerator=sys.argv[4])
    else:
        main()
