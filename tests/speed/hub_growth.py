"""How do seconds and memory of sparse forms grow with the measured cells, and how well do they recover?

    .venv/bin/python tests/speed/hub_growth.py
    .venv/bin/python tests/speed/hub_growth.py --cells 1e4,1e5 --model pmf,gravity-dir
    .venv/bin/python tests/speed/hub_growth.py --accelerator gpu
    .venv/bin/python tests/speed/hub_growth.py --recovery

Synthetic power-law hubs of 10⁴ to 10⁷ measured cells are written to Parquet files, and each measurement reads
one, in a process of its own on one thread: splits it, trains two epochs, and scores its hidden cells. Seconds
are CPU time of the second epoch (of all of a model without one); memory is the most that the process had at a
time, imports and table included. With a GPU, seconds are wall time, and memory is the GPU's. The exponent is
log(t₂ / t₁) / log(c₂ / c₁) between 10⁵ cells, or the smallest size above, and the largest measured one.

With --recovery: Spearman per target on the hidden cells of hubs of 10⁴ cells, of the sparse form and of the
model of matrices, one member each, over three hubs other than the one that settings were chosen on.

What was measured is kept in a file as it comes, and a rerun continues from there: remove it to measure anew.
"""

import argparse
import json
import logging
import math
import multiprocessing
import resource
import time
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
import torch

from benchmark.metrics.sparse_correlation import sparse_per_target_spearman
from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.fit_sparse import fit_sparse, sparse_data_for
from benchmark.running.trainer import Hardware
from datamodules.sparse.dense import to_dense
from datamodules.sparse.gravity_hub import GravityHub, draw_gravity_hub
from datamodules.sparse.parquet import read_sparse_table, write_sparse_table
from datamodules.sparse.splits import SparseSplit, hide_cells
from datamodules.splits.protocol import Split
from lit_models.registry import load_model

CELLS = (10_000, 100_000, 1_000_000, 10_000_000)
MODELS = ("source-mean", "additive", "pmf", "gravity-dir", "gravity-profile", "source-target-dir")
FROM_CELLS = 100_000  # below, what does not depend on the size takes most of the time
ENOUGH = 1.1
EPOCHS = 2
RECOVERED = 10_000
HUBS = (0, 2, 3)  # settings were chosen on hub 1


class Measurement(NamedTuple):
    """Cost of one sparse form at one size: CPU and wall seconds, and mebibytes."""

    name: str
    cells: int
    epoch_seconds: float
    epoch_wall_seconds: float
    reading_seconds: float
    mebibytes: float
    spearman: float
    accelerator: str = "cpu"

    @property
    def seconds(self) -> float:
        """Of an epoch: CPU time, which neighbours on the machine hardly change, or wall time with a GPU."""
        return self.epoch_seconds if self.accelerator == "cpu" else self.epoch_wall_seconds

    def __str__(self) -> str:
        return f"{self.seconds:,.2f} s, {self.mebibytes:,.0f} MiB"


class EpochClock(pl.Callback):
    """Notes when each epoch ended, its validation included."""

    def __init__(self) -> None:
        self.ended: list[tuple[float, float]] = []

    def on_train_epoch_end(self, *_: object) -> None:
        self.ended.append((time.process_time(), time.perf_counter()))


def measure(answer: Connection, name: str, file: Path, accelerator: str) -> None:
    """Read a hub, train two epochs, and score its hidden cells."""
    started = time.process_time()
    table = read_sparse_table(file)
    split = hide_cells(table)
    config = load_model(name)
    reading_seconds = time.process_time() - started
    clock, began = EpochClock(), (time.process_time(), time.perf_counter())
    fitted = fit_sparse(
        config,
        sparse_data_for(config, table, split),
        seed=0,
        epochs=EPOCHS,
        hardware=Hardware(accelerator=accelerator),
        callbacks=[clock],
    )
    source, target, value = (each[split.query] for each in (table.source, table.target, table.value))
    scores = fitted.scores(source, target)
    ends = clock.ended[-2:] or [began, (time.process_time(), time.perf_counter())]
    correlation = sparse_per_target_spearman(scores, value, target, targets=len(table.target_names))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    if accelerator != "cpu":
        peak = torch.cuda.max_memory_allocated() / 2**20
    cpu, wall = (after - before for before, after in zip(*ends, strict=True))
    spearman = float(np.nanmean(correlation))
    answer.send(Measurement(name, len(table.value), cpu, wall, reading_seconds, peak, spearman, accelerator))


def write_hub(answer: Connection, cells: int, file: Path) -> None:
    """Draw a hub and write it."""
    write_sparse_table(draw_gravity_hub(cells=cells).table, file)
    answer.send(None)


def in_a_process(work: object, *arguments: object) -> object:
    """What some work answers; forked, so that the imports are done once."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=work, args=(sender, *arguments))  # type: ignore[arg-type]  # callable
    process.start()
    sender.close()
    try:
        found = receiver.recv()
    except EOFError:
        process.join()
        raise SystemExit(f"{arguments} failed, with code {process.exitcode}: its error is above") from None
    process.join()
    return found


def exponent(own: Sequence[Measurement]) -> str:
    """Of an epoch's seconds and of memory in the number of cells; "–" with fewer than two sizes."""
    compared = sorted((each for each in own if each.cells >= FROM_CELLS), key=lambda each: each.cells)
    if len(compared) < 2:
        return "–"
    small, large = compared[0], compared[-1]
    cells = math.log(large.cells / small.cells)
    seconds = math.log(large.seconds / max(small.seconds, 1e-3)) / cells
    memory = math.log(max(large.mebibytes, 1) / max(small.mebibytes, 1)) / cells
    return f"{seconds:.2f}{f' (> {ENOUGH})' if seconds > ENOUGH else ''}, {memory:.2f}"


def table_of(found: Sequence[Measurement], models: Sequence[str], sizes: Sequence[int]) -> str:
    """What was measured, in Markdown: a line for each model."""
    lines = [
        f"| | {' | '.join(f'{size:,} cells' for size in sizes)} | exponents of seconds, memory |",
        "| --- |" + " --- |" * (len(sizes) + 1),
    ]
    for name in models:
        own = {each.cells: each for each in found if each.name == name}
        words = [name, *(str(own.get(size, "–")) for size in sizes), exponent(list(own.values()))]
        lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines)


def dense_split(hub: GravityHub, split: SparseSplit) -> Split:
    """The same cells of the matrix."""
    table = hub.table
    tasks = len(table.task_names)
    masks = []
    for cells in (split.observed, split.validation, split.query):
        mask = np.zeros((tasks, tasks), dtype=bool)
        mask[table.source_task[table.source[cells]], table.target_task[table.target[cells]]] = True
        masks.append(mask)
    observed, validation, query = masks
    return Split(0, 0, observed, validation, query, np.zeros(tasks, dtype=bool))


def recovery(name: str, seed: int) -> tuple[float, float]:
    """Mean Spearman per target of the hidden cells: of the sparse form, and of the model of matrices."""
    hub = draw_gravity_hub(cells=RECOVERED, seed=seed)
    table, split, config = hub.table, hide_cells(hub.table, seed=seed), load_model(name)
    source, target, value = (each[split.query] for each in (table.source, table.target, table.value))
    sparse = fit_sparse(config, sparse_data_for(config, table, split), seed=seed).scores(source, target)
    data = data_for(config, to_dense(table), setting="transductive", splits=[dense_split(hub, split)])
    fitted = fit_model(config, data, members=1, seed=seed)
    matrix = data.put_back(fitted.scores(data.predict_dataloader())[0, 0].double().numpy())
    dense = matrix[table.source_task[source], table.target_task[target]]

    def spearman(scores: np.ndarray) -> float:
        return float(
            np.nanmean(sparse_per_target_spearman(scores, value, target, targets=len(table.target_names)))
        )

    return spearman(sparse), spearman(dense)


def print_recovery(models: Sequence[str]) -> None:
    """A line for each model, in Markdown."""
    print("| | sparse | matrix |\n| --- | --- | --- |")
    for name in models:
        sparse, dense = zip(*(recovery(name, seed) for seed in HUBS), strict=True)
        words = (
            f"{np.mean(each):.3f} ({', '.join(f'{one:.3f}' for one in each)})" for each in (sparse, dense)
        )
        print(f"| {name} | {' | '.join(words)} |", flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cells", default=",".join(map(str, CELLS)), help="sizes, separated by commas")
    parser.add_argument("--model", default=",".join(MODELS), help="names of models, separated by commas")
    parser.add_argument("--accelerator", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--recovery", action="store_true", help="compare with matrices instead")
    parser.add_argument(
        "--out", type=Path, default=Path("results/hub-growth.jsonl"), help="what was measured"
    )
    return parser.parse_args()


def main() -> None:
    """Measure what the file lacks, smallest sizes first, and print the table."""
    arguments = parse()
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    models = arguments.model.split(",")
    if arguments.recovery:
        print_recovery(models)
        return
    sizes = sorted(int(float(word)) for word in arguments.cells.split(","))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.touch()
    kept = [Measurement(**json.loads(line)) for line in arguments.out.read_text("utf-8").splitlines()]
    found = {(each.name, each.cells): each for each in kept if each.accelerator == arguments.accelerator}
    for size in sizes:
        file = arguments.out.with_name(f"hub-{size}.parquet")
        for name in models:
            if (name, size) in found:
                continue
            if not file.exists():
                in_a_process(write_hub, size, file)
            print(f"{size:,} cells: {name}", end=" ", flush=True)
            measured = in_a_process(measure, name, file, arguments.accelerator)
            assert isinstance(measured, Measurement)
            print(f"{measured} (wall {measured.epoch_wall_seconds:.1f} s)", flush=True)
            found[name, size] = measured
            with arguments.out.open("a", encoding="utf-8") as output:
                output.write(json.dumps(measured._asdict()) + "\n")
        file.unlink(missing_ok=True)
    print(f"\n{table_of(list(found.values()), models, sizes)}")


if __name__ == "__main__":
    main()
