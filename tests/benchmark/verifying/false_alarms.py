"""How often a sham takes an honest model for a cheat, and how much of a matrix a cheat must know to be found.

    python tests/benchmark/verifying/false_alarms.py --shams 3000 --out shams.jsonl

Prints the figures of docs/verification.md. Fast models that are not trained, one member, all splits. Every
sham has a random generator of its own and a line in the file, so that an interrupted run goes on from there.
"""

import argparse
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.stats import beta, kstest

from benchmark.running.fit_model import data_for
from benchmark.verifying import sham
from benchmark.verifying.sham import ALARM_P, judge_sham, sham_table
from datamodules.affinity_table import AffinityTable
from datamodules.registry import DATASETS
from datamodules.splits.protocol import Setting, Split
from datamodules.standardise import z_scores
from lit_models.base import build_model
from lit_models.registry import load_model, model_factory

# Complete and incomplete matrices, with and without metadata and pair features, both settings.
CELLS: list[tuple[str, str, Setting]] = [
    ("source-mean", "taskonomy", "transductive"),
    ("kernel-ridge", "cogtaskonomy", "transductive"),
    ("kernel-ridge+z", "mini-vision", "transductive"),
    ("source-mean", "taskonomy", "inductive"),
    ("source-mean", "medmnist", "transductive"),
    ("leep", "medmnist", "transductive"),
    ("source-mean", "qm9-properties", "transductive"),
    ("group-prior", "taskweb", "transductive"),
]
SHARES = (0.05, 0.1, 0.2, 0.5)
PERMUTATIONS = 1_999
POWER_SHAMS = 10  # of each cell


def scores_on_sham(
    name: str, table: AffinityTable, setting: Setting, rng: np.random.Generator
) -> tuple[sham.FloatArray, list[Split]]:
    """[S, N, N] scores of a model on a new sham, in the table's order, and the splits."""
    config = load_model(name)
    data = data_for(config, sham_table(table, rng=rng), setting=setting)
    (batch,) = data.predict_dataloader()
    model = build_model(
        model_factory(config), data.num_tasks, data.num_features, data.num_pair_features
    ).eval()
    with torch.no_grad():  # nothing is fitted, so that no trainer is needed
        found = torch.vmap(model)(batch.graph)
    scores = np.empty((len(data.splits), *table.value.shape))
    for own, split, of_split in zip(scores, data.splits, found.double().numpy(), strict=True):
        order = data.task_order(split)
        own[np.ix_(order, order)] = of_split
    return scores, data.splits


@cache
def read(dataset: str) -> AffinityTable:
    """The headline matrix of a dataset."""
    return DATASETS[dataset].read()


def outcomes(numbers: range, seed: int) -> Iterator[dict[str, Any]]:
    """For each sham: its cell, p of the honest scores, and by share of the truth whether that is found."""
    for number in numbers:
        rng = np.random.default_rng([seed, number])
        name, dataset, setting = CELLS[number % len(CELLS)]
        table = read(dataset)
        scores, splits = scores_on_sham(name, table, setting, rng)
        p = judge_sham(scores, splits, table, rng=rng).p
        found: dict[str, bool] = {}
        if number < POWER_SHAMS * len(CELLS):
            truth = z_scores(table.value, table.eligible)
            for share in SHARES:
                mixed = (1 - share) * scores / scores.std() + share * truth
                found[str(share)] = judge_sham(mixed, splits, table, rng=rng).is_alarm
        yield {"cell": f"{name} on {dataset}, {setting}", "p": p, **found}


def main() -> None:
    """Run what the file lacks, and print both tables."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--shams", type=int, default=3_000)
    arguments.add_argument("--out", type=Path, default=Path("shams.jsonl"))
    arguments.add_argument("--seed", type=int, default=0)
    chosen = arguments.parse_args()
    sham.PERMUTATIONS = PERMUTATIONS
    done = len(chosen.out.read_text().splitlines()) if chosen.out.is_file() else 0
    with chosen.out.open("a") as file:
        for outcome in outcomes(range(done, chosen.shams), chosen.seed):
            file.write(f"{json.dumps(outcome)}\n")
            file.flush()
    report(pd.read_json(chosen.out, lines=True))


def report(found: pd.DataFrame) -> None:
    """Print false alarms over all cells, and per cell how p is distributed and which cheats are found."""
    for level in (0.05, 0.01, ALARM_P):
        alarms, shams = int((found["p"] <= level).sum()), len(found)
        bound = beta.ppf(0.95, alarms + 1, shams - alarms)
        print(f"p <= {level}: {alarms} of {shams} ({alarms / shams:.4f}), at most {bound:.4f}")
    for cell, of_cell in found.groupby("cell", sort=False):
        power = of_cell[[str(share) for share in SHARES]].dropna().mean().round(2).to_dict()
        uniform = kstest(of_cell["p"], "uniform").pvalue
        print(f"{cell}: {len(of_cell)} shams, uniform p {uniform:.2f}; found {power}")


if __name__ == "__main__":
    main()
