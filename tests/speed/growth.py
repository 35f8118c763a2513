"""How do seconds and memory of each model grow with the number of tasks?

    .venv/bin/python tests/speed/growth.py
    .venv/bin/python tests/speed/growth.py --tasks 25,50,100 --model matrix-normal,z-svd3
    .venv/bin/python tests/speed/growth.py --accelerator gpu

Fits the models of a large table, and the extra trees, to synthetic matrices of several sizes: 2 splits, 2
members of what is trained, 20 epochs, fit and prediction together, on one thread. Each measurement is a
process of its own, for its peak memory alone; what the imports and the matrix take is not counted. The same
is measured of making the protocol's splits and of scoring. Seconds are CPU time, so that neighbours on the
machine count little; with a GPU they are wall time, and memory is the GPU's.

The exponent of a model is log(t₂ / t₁) / log(c₂ / c₁) between the smallest size of at least 50 tasks and the
largest measured one, c being the number of cells.

What was measured is kept in a file as it comes, and a rerun continues from there: remove it to measure anew.
A measurement over the limit is stopped, and that model's larger sizes are not tried.
"""

import argparse
import json
import logging
import math
import multiprocessing
import resource
import signal
import time
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from benchmark.running.applicability import why_not
from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.suite import load_suite
from benchmark.running.trainer import Hardware
from benchmark.scoring.protocol_scores import score_splits
from datamodules.affinity_table import AffinityTable
from datamodules.splits.protocol import Split, make_splits
from lit_models.registry import load_model, model_factory

TASKS = (25, 50, 100, 200, 400)
SPLITS = 2
MEMBERS = 2
EPOCHS = 20
ENOUGH = 1.3
FROM_TASKS = 50  # below, what does not depend on the size takes most of the time
# Dense systems or decompositions of N tasks take N³ operations, the number of cells to the power 1.5.
CUBIC = (
    *("kernel-ridge", "kernel-ridge+z", "metadata-only", "matrix-normal", "matrix-normal+z"),
    *("atlas", "atlas-inductive"),
)
SPLITTING, SCORING = "making splits", "scoring"


class Measurement(NamedTuple):
    """Cost of one model, or step, at one size; seconds and mebibytes are infinite if it took too long."""

    name: str
    tasks: int
    accelerator: str
    seconds: float
    mebibytes: float

    @property
    def cells(self) -> int:
        return self.tasks * (self.tasks - 1)

    def __str__(self) -> str:
        if math.isinf(self.seconds):
            return "over the limit"
        return f"{self.seconds:.2f} s, {self.mebibytes:,.0f} MiB"


def synthetic_table(tasks: int) -> AffinityTable:
    """[N, N] of rank 8 with noise, and metadata; every transfer is eligible but the diagonal."""
    rng = np.random.default_rng(tasks)
    value = rng.normal(size=(tasks, 8)) @ rng.normal(size=(8, tasks)) + rng.normal(size=(tasks, tasks))
    diagonal = np.eye(tasks, dtype=bool)
    return AffinityTable(
        name="synthetic",
        regime=str(tasks),
        label="value",
        unit="none",
        task_names=tuple(f"task-{number}" for number in range(tasks)),
        value=np.where(diagonal, np.nan, value),
        eligible=~diagonal,
        groups=tuple(f"group-{number}" for number in rng.integers(8, size=tasks)),
        kinds=tuple(f"kind-{number}" for number in rng.integers(3, size=tasks)),
        features=rng.normal(size=(tasks, 4)),
        feature_names=("a", "b", "c", "d"),
    )


def work(name: str, table: AffinityTable, splits: Sequence[Split], accelerator: str) -> None:
    """Do once what a measurement is of."""
    if name == SPLITTING:
        # The protocol's own were made before, and are remembered; these take as long.
        make_splits(table.eligible, setting="transductive", development=True)
        return
    config = load_model("random" if name == SCORING else name)
    data = data_for(config, table, setting="transductive", splits=splits)
    if name == SCORING:
        score_splits(np.random.default_rng(0).normal(size=(SPLITS, *table.value.shape)), data)
        return
    template = model_factory(config)(data.num_tasks, data.num_features)
    members = MEMBERS if any(weight.requires_grad for weight in template.parameters()) else 1
    hardware = Hardware(accelerator=accelerator)
    fitted = fit_model(config, data, members=members, seed=0, epochs=EPOCHS, hardware=hardware)
    fitted.scores(data.predict_dataloader())


def child(
    answer: Connection,
    name: str,
    table: AffinityTable,
    splits: Sequence[Split],
    *,
    accelerator: str,
    limit: float,
) -> None:
    """Measure within a process of its own, and send seconds and mebibytes."""
    torch.set_num_threads(1)
    on_cpu = accelerator == "cpu"
    # CPU time as well, which a busy machine does not use up.
    used = math.ceil(time.process_time() + limit)
    resource.setrlimit(resource.RLIMIT_CPU, (used, used + 1))
    clock = time.process_time if on_cpu else time.perf_counter
    before, started = peak_mebibytes(), clock()
    work(name, table, splits, accelerator)
    seconds = clock() - started
    peak = peak_mebibytes() - before if on_cpu else torch.cuda.max_memory_allocated() / 2**20
    answer.send((seconds, peak))


def peak_mebibytes() -> float:
    """Most memory that this process has had at a time; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def measure(
    name: str, table: AffinityTable, splits: Sequence[Split], *, accelerator: str, limit: float
) -> Measurement:
    """Measure in a process that is stopped after ``limit`` seconds."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    # Forked, so that the imports are done once; nothing here has used a GPU or a second thread yet.
    process = multiprocessing.get_context("fork").Process(
        target=child,
        args=(sender, name, table, splits),
        kwargs={"accelerator": accelerator, "limit": limit},
    )
    process.start()
    sender.close()
    process.join()
    tasks = len(table.task_names)
    if process.exitcode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Measurement(name, tasks, accelerator, math.inf, math.inf)
    if process.exitcode:
        raise SystemExit(f"{name} failed at {tasks} tasks: its error is above")
    return Measurement(name, tasks, accelerator, *receiver.recv())


def exponents(own: Sequence[Measurement]) -> str:
    """Of seconds and of memory in the number of cells; "–" with fewer than two sizes to compare."""
    compared = sorted(
        (each for each in own if each.tasks >= FROM_TASKS and math.isfinite(each.seconds)),
        key=lambda each: each.tasks,
    )
    if len(compared) < 2:
        return "–"
    small, large = compared[0], compared[-1]
    cells = math.log(large.cells / small.cells)
    seconds = math.log(large.seconds / small.seconds) / cells
    memory = math.log(max(large.mebibytes, 1.0) / max(small.mebibytes, 1.0)) / cells
    return f"{seconds:.2f}{f' (> {ENOUGH})' if seconds > ENOUGH else ''}, {memory:.2f}"


def table_of(found: Sequence[Measurement], models: Sequence[str], tasks: Sequence[int]) -> str:
    """What was measured, in Markdown: a line for each model."""
    lines = [
        f"| | {' | '.join(f'{size} tasks' for size in tasks)} | exponents of seconds, memory |",
        "| --- |" + " --- |" * (len(tasks) + 1),
    ]
    for name in models:
        own = {each.tasks: each for each in found if each.name == name}
        words = [name + " (cubic)" * (name in CUBIC), *(str(own.get(size, "–")) for size in tasks)]
        lines.append(f"| {' | '.join(words)} | {exponents(list(own.values()))} |")
    return "\n".join(
        [
            *lines,
            "",
            f"Exponents of seconds above {ENOUGH} are marked, but not those of cubic solvers: "
            f"{', '.join(CUBIC)}.",
        ]
    )


def applicable_models() -> list[str]:
    """The suite's models for 100 tasks, without those that need more than the synthetic table has."""
    table = synthetic_table(min(TASKS))
    shorter = load_suite("default").shorter_list(100)
    assert shorter is not None
    return [name for name in shorter.models if not why_not(load_model(name), table, "transductive")]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tasks", default=",".join(map(str, TASKS)), help="sizes, separated by commas")
    parser.add_argument("--model", default="", help="names of models, separated by commas")
    parser.add_argument("--accelerator", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds that one measurement may take")
    parser.add_argument("--minutes", type=float, default=60.0, help="after so many, no more is begun")
    parser.add_argument("--out", type=Path, default=Path("results/growth.jsonl"), help="what was measured")
    return parser.parse_args()


def main() -> None:
    """Measure what the file lacks, smallest sizes first, and print the table."""
    arguments = parse()
    deadline = time.monotonic() + 60 * arguments.minutes
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    tasks = sorted(int(word) for word in arguments.tasks.split(","))
    models = [word for word in arguments.model.split(",") if word]
    models = models or [*applicable_models(), "extra-trees", SPLITTING, SCORING]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.touch()
    kept = [Measurement(**json.loads(line)) for line in arguments.out.read_text("utf-8").splitlines()]
    found = {(each.name, each.tasks): each for each in kept if each.accelerator == arguments.accelerator}
    for size in tasks:
        too_slow = {each.name for each in found.values() if math.isinf(each.seconds)}
        left = [name for name in models if (name, size) not in found and name not in too_slow]
        if not left or time.monotonic() > deadline:
            continue
        table = synthetic_table(size)
        splits = make_splits(table.eligible, setting="transductive", numbers=range(SPLITS))
        for place, name in enumerate(left, start=1):
            minutes = (deadline - time.monotonic()) / 60
            if minutes < 0:
                print(f"{arguments.minutes:.0f} minutes are over: rerun to continue", flush=True)
                break
            words = f"{size} tasks, {place} of {len(left)}, {minutes:.0f} minutes left: {name}"
            print(words, end=" ", flush=True)
            measured = measure(name, table, splits, accelerator=arguments.accelerator, limit=arguments.limit)
            print(measured, flush=True)
            found[name, size] = measured
            with arguments.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(measured._asdict()) + "\n")
    print(f"\n{table_of(list(found.values()), models, tasks)}")


if __name__ == "__main__":
    main()
