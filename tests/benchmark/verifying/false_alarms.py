"""How often a sham takes an honest model for a cheat, and how much of a matrix a cheat must know to be found.

    python tests/benchmark/verifying/false_alarms.py --shams 3000

Prints the figures of docs/verification.md. Fast models that are not trained, one member, all splits.
"""

import argparse
import time
from collections.abc import Iterator
from functools import cache

import numpy as np
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


def outcomes(shams: int, seed: int) -> Iterator[tuple[str, float, dict[float, bool]]]:
    """For each sham: the cell, p of the honest scores, and whether each share of the truth is found."""
    rng = np.random.default_rng(seed)
    for number in range(shams):
        name, dataset, setting = CELLS[number % len(CELLS)]
        table = read(dataset)
        scores, splits = scores_on_sham(name, table, setting, rng)
        p = judge_sham(scores, splits, table, rng=rng).p
        found: dict[float, bool] = {}
        if number < POWER_SHAMS * len(CELLS):
            truth = z_scores(table.value, table.eligible)
            for share in SHARES:
                mixed = (1 - share) * scores / scores.std() + share * truth
                found[share] = judge_sham(mixed, splits, table, rng=rng).is_alarm
        yield f"{name} on {dataset}, {setting}", p, found


def main() -> None:
    """Print both tables."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--shams", type=int, default=3_000)
    arguments.add_argument("--minutes", type=float, default=60.0)
    arguments.add_argument("--seed", type=int, default=0)
    chosen = arguments.parse_args()
    sham.PERMUTATIONS = PERMUTATIONS
    of_cell: dict[str, list[float]] = {}
    of_share: dict[str, list[dict[float, bool]]] = {}
    ends = time.monotonic() + 60 * chosen.minutes
    for cell, p, found in outcomes(chosen.shams, chosen.seed):
        of_cell.setdefault(cell, []).append(p)
        if found:
            of_share.setdefault(cell, []).append(found)
        if time.monotonic() > ends:
            break
    everything = [p for values in of_cell.values() for p in values]
    for level in (0.05, 0.01, ALARM_P):
        alarms = sum(p <= level for p in everything)
        bound = beta.ppf(0.95, alarms + 1, len(everything) - alarms)
        share = alarms / len(everything)
        print(f"p <= {level}: {alarms} of {len(everything)} ({share:.4f}), at most {bound:.4f}")
    for cell, values in of_cell.items():
        shares = of_share[cell]
        power = ", ".join(f"{share}: {np.mean([each[share] for each in shares]):.2f}" for share in SHARES)
        print(f"{cell}: {len(values)} shams, uniform p {kstest(values, 'uniform').pvalue:.2f}; found {power}")


if __name__ == "__main__":
    main()
