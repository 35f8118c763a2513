"""What do sources × targets save against (S + T)² on a bipartite table, in time and memory?

    .venv/bin/python tests/speed/bipartite.py
    .venv/bin/python tests/speed/bipartite.py --model kernel-ridge,pmf --rounds 1

Fits the models of a large table that read bipartite graphs to a synthetic table of 386 sources × 36 targets
and to model-recycling, as square graphs and as bipartite ones, in turn: 2 splits, 2 members of what is
trained, 20 epochs, fit and prediction together, on one thread. Seconds are CPU time; memory is the most that
torch holds for one replica at a time, which is what memory plans are made with.
"""

import argparse
import statistics
import time
import warnings
from collections.abc import Sequence

import numpy as np
import torch

from benchmark.running.applicability import why_not
from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.memory.probe import Probe
from benchmark.running.suite import load_suite
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.registry import DATASETS
from lit_models.registry import load_model, model_factory

SOURCES, TARGETS = 386, 36
SPLITS, MEMBERS, EPOCHS = range(2), 2, 20


def synthetic_table(sources: int, targets: int) -> AffinityTable:
    """Sources × targets of rank 8 with noise, and metadata."""
    rng = np.random.default_rng(0)
    tasks = sources + targets
    block = rng.normal(size=(sources, 8)) @ rng.normal(size=(8, targets)) + rng.normal(
        size=(sources, targets)
    )
    value = np.full((tasks, tasks), np.nan)
    value[:sources, sources:] = block
    return AffinityTable(
        name="synthetic",
        regime=f"{sources} × {targets}",
        label="value",
        unit="none",
        task_names=tuple(f"task-{number}" for number in range(tasks)),
        value=value,
        eligible=np.isfinite(value),
        groups=tuple(f"group-{number}" for number in rng.integers(8, size=tasks)),
        kinds=tuple(f"kind-{number}" for number in rng.integers(3, size=tasks)),
        features=rng.normal(size=(tasks, 4)),
        feature_names=("a", "b", "c", "d"),
    )


def datamodules_of(name: str, table: AffinityTable) -> tuple[AffinityDataModule, AffinityDataModule]:
    """Of the table as a square graph, and as the model gets it."""
    config = load_model(name)
    own = data_for(config, table, setting="transductive", numbers=SPLITS)
    square = AffinityDataModule(
        table=table, numbers=SPLITS, z=own.z, scale=own.scale, train_on_validation=own.train_on_validation
    )
    return square, own


def measure(name: str, data: AffinityDataModule) -> tuple[float, float]:
    """Seconds of the fit, and mebibytes of a replica."""
    config = load_model(name)
    template = model_factory(config)(data.num_tasks, data.num_features)
    members = MEMBERS if any(weight.requires_grad for weight in template.parameters()) else 1
    started = time.process_time()
    fit_model(config, data, members=members, seed=0, epochs=EPOCHS).scores(data.predict_dataloader())
    seconds = time.process_time() - started
    replica_bytes, _ = Probe(config, data, seed=0, device="cpu").replica_bytes()
    return seconds, replica_bytes / 2**20


def line(name: str, table: AffinityTable, *, rounds: int) -> str:
    """A line of the table: medians over rounds, square then bipartite, and their ratio."""
    found = [[measure(name, data) for data in datamodules_of(name, table)] for _ in range(rounds)]
    words = []
    for place, unit in enumerate(("s", "MiB")):
        square, own = (statistics.median(each[kind][place] for each in found) for kind in range(2))
        words.append(f"{square:,.2f} → {own:,.2f} {unit}, {square / max(own, 0.01):.1f}")
    return f"| {name} | {' | '.join(words)} |"


def models_for(table: AffinityTable) -> list[str]:
    suite = load_suite("default")
    shorter = suite.shorter_list(len(table.task_names))
    return [
        name
        for name in (shorter or suite).models
        if why_not(load_model(name), table, "transductive") is None
        and datamodules_of(name, table)[1].bipartite
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="", help="names, separated by commas; all that can if omitted")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    dataset = DATASETS["model-recycling"]
    real = dataset.read(regime=dataset.regimes[0], label=next(iter(dataset.labels)))
    for table in (synthetic_table(SOURCES, TARGETS), real):
        sources, targets = (int(table.eligible.any(axis).sum()) for axis in (1, 0))
        print(f"\n| {table.name}, {sources} × {targets} | seconds, ratio | memory of a replica, ratio |")
        print("| --- | --- | --- |")
        for name in options.model.split(",") if options.model else models_for(table):
            print(line(name, table, rounds=options.rounds), flush=True)


if __name__ == "__main__":
    main()
