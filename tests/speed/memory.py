"""What memory a cell takes: the figures that plans are made with, and an estimate against what was held.

    .venv/bin/python tests/speed/memory.py --tasks 400 --memory 8GiB

Prints what Python and the libraries take, how many [S, N, N] float64 arrays scoring holds, and, for a cell of
21 splits × 8 members, its plan and the peak of its resident memory. Few epochs show it: memory does not grow
with their number.
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import benchmark.commands.run  # noqa: F401  # all that a run imports
from benchmark.results.schema import Place
from benchmark.results.score_tables import score_table
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.memory.budget import MemoryBudget, in_words
from benchmark.running.memory.plan import PROCESS_BYTES, SCORING_ARRAYS
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from benchmark.scoring.protocol_scores import score_splits
from datamodules.load_table import load_table
from lit_models.registry import load_model

STARTED_BYTES = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # in KiB on Linux


def cell_of(model: str, *, tasks: int, targets: int | None, epochs: int, memory: str) -> CellRun:
    """A cell of made-up affinities, with all splits and members; bipartite if targets are no sources."""
    rng = np.random.default_rng(0)
    names = [f"task {number}" for number in range(tasks)]
    others = names if targets is None else [f"target {number}" for number in range(targets)]
    shape = (tasks, len(others))
    values = rng.normal(size=(tasks, 3)) @ rng.normal(size=(3, len(others))) + rng.normal(size=shape)
    table = load_table(pd.DataFrame(values, index=names, columns=others))
    place = Place(
        dataset=table.name, regime=table.regime, label=table.label, setting="transductive", mask="1/3"
    )
    return CellRun(
        Cell(place=place, model=load_model(model)),
        table=table,
        effort=RunSettings(epochs=epochs),
        hardware=Hardware(memory=MemoryBudget.of(memory)),
    )


def peak_bytes() -> int:
    """The most resident memory since :func:`forget_peak`; Linux only, as that is."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=400)
    parser.add_argument("--targets", type=int, help="tasks × so many targets that are no sources")
    parser.add_argument("--model", default="source-target-profile")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--memory", default="8GiB")
    parser.add_argument("--scoring", action="store_true", help="measure what scoring holds, and nothing else")
    options = parser.parse_args()
    ready = cell_of(
        options.model,
        tasks=options.tasks,
        targets=options.targets,
        epochs=options.epochs,
        memory=options.memory,
    )
    if options.scoring:
        splits = len(ready.datamodule.splits)
        scores = np.random.default_rng(1).normal(size=(splits, options.tasks, options.tasks))
        forget_peak()
        before = peak_bytes()
        score_table(scores[:, None], ready.datamodule)
        score_splits(scores, ready.datamodule)
        arrays = (peak_bytes() - before) / scores.nbytes
        print(f"scoring holds {arrays:.1f} arrays; plans assume {SCORING_ARRAYS}")
        return
    print(f"started with {in_words(STARTED_BYTES)}; once trained, plans assume {in_words(PROCESS_BYTES)}")
    subprocess.run([sys.executable, __file__, "--tasks", str(options.tasks), "--scoring"], check=True)
    size = f"{options.tasks} tasks" if options.targets is None else f"{options.tasks} × {options.targets}"
    print(f"{options.model}, {size}, 21 splits × 8 members, {options.memory}: {ready.plan()}")
    result, _ = ready.compute(part_begins=lambda number, count: print(f"part {number} of {count}"))
    print(f"{result.status}: held {in_words(peak_bytes())} at most, in {result.timing.seconds:.0f} s")


if __name__ == "__main__":
    main()
