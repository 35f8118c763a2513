"""From the losses of a campaign to the tables that are its product."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from datamodules.measure.ahp import ahp, tournament
from datamodules.measure.campaign import Campaign
from datamodules.measure.jobs import JOINT, PIXELS, PSEUDO_SOURCES, SELF, Job
from datamodules.measure.task import MeasuredTask
from datamodules.measure.task_file import load_tasks

ALL_SEEDS = "all-seeds"


def seed_regime(seed: int) -> str:
    """Name of one repetition's matrix."""
    return f"seed-{seed}"


def gather_losses(tasks: Sequence[MeasuredTask], folder: Path, *, seeds: int) -> pd.DataFrame:
    """All per-sample losses of a finished campaign.

    Args:
        tasks: its tasks.
        folder: of its results.
        seeds: how many repetitions.

    Returns:
        Columns ``source, target, seed, sample, loss``; a sample is the same example for all sources of a target
        within one seed, and another one in another seed.
    """
    parts = []
    for target in (task.name for task in tasks if task.is_target):
        for seed in range(seeds):
            rows = pd.read_parquet(Job(seed, "transfers", target).path(folder))
            parts.append(rows.assign(target=target, seed=seed))
    together = pd.concat(parts, ignore_index=True)[["source", "target", "seed", "sample", "loss"]]
    return together.astype({"source": "category", "target": "category"})


def transfers_table(losses: pd.DataFrame) -> pd.DataFrame:
    """Affinities of every seed and of all seeds together: one tournament over all of their samples.

    Args:
        losses: as gathered.

    Returns:
        ``regime, sources, target, ahp, wins_vs_pixels, wins_vs_task, loss``; see the card of mini-vision.
    """
    parts = [_normalise(losses, ALL_SEEDS)]
    parts += [_normalise(rows, seed_regime(int(str(seed)))) for seed, rows in losses.groupby("seed")]
    return pd.concat(parts, ignore_index=True)


def _normalise(losses: pd.DataFrame, regime: str) -> pd.DataFrame:
    parts = []
    for target, rows in losses.groupby("target", observed=True):
        matrix = rows.pivot(index="source", columns=["seed", "sample"], values="loss").dropna(how="all")
        wins = tournament(matrix.to_numpy())
        names = [str(name) for name in matrix.index]
        parts.append(
            pd.DataFrame(
                {
                    "regime": regime,
                    "sources": names,
                    "target": str(target),
                    "ahp": ahp(wins).share,
                    "wins_vs_pixels": wins[:, names.index(PIXELS)],
                    "wins_vs_task": wins[:, names.index(SELF)],
                    "loss": matrix.mean(axis=1).to_numpy(),
                }
            )
        )
    return pd.concat(parts)


def retest(transfers: pd.DataFrame, *, figure: str = "ahp") -> pd.Series:
    """How well repetitions agree on the order of a target's sources.

    Args:
        transfers: as made here.
        figure: which column.

    Returns:
        By target, the mean over pairs of seeds of the Spearman correlation over single sources, pseudo-sources
        and the target itself left out. Empty with one seed.
    """
    single = single_sources(transfers[transfers.regime != ALL_SEEDS])
    agreement = {}
    for target, rows in single.groupby("target"):
        columns = rows.pivot(index="sources", columns="regime", values=figure)
        pairs = [
            columns[one].corr(columns[other], method="spearman") for one, other in combinations(columns, 2)
        ]
        if pairs:
            agreement[str(target)] = float(np.mean(pairs))
    return pd.Series(agreement, dtype=float)


def single_sources(transfers: pd.DataFrame) -> pd.DataFrame:
    """Rows from one real task to another."""
    joint = transfers.sources.str.contains(JOINT, regex=False)
    pseudo = transfers.sources.isin(PSEUDO_SOURCES)
    return transfers[~joint & ~pseudo & (transfers.sources != transfers.target)]


def affinity_matrix(transfers: pd.DataFrame, tasks: Sequence[MeasuredTask]) -> pd.DataFrame:
    """Log AHP affinity of all seeds, sources × targets, NaN on the diagonal.

    Args:
        transfers: as made here.
        tasks: give the order.

    Returns:
        Sources in the index, targets in the columns.
    """
    rows = single_sources(transfers[transfers.regime == ALL_SEEDS])
    matrix = rows.pivot(index="sources", columns="target", values="ahp")
    targets = [task.name for task in tasks if task.is_target]
    return np.log(matrix.reindex(index=[task.name for task in tasks], columns=targets))


def tasks_table(tasks: Sequence[MeasuredTask]) -> pd.DataFrame:
    """``name, title, group, kind, description`` of the tasks."""
    return pd.DataFrame(
        [
            {
                "name": task.name,
                "title": task.title or task.name,
                "group": task.group,
                "kind": task.kind,
                "description": task.description,
            }
            for task in tasks
        ]
    )


def write_outcome(campaign: Campaign) -> pd.Series:
    """Write what a finished campaign has measured into its folder.

    Args:
        campaign: the campaign.

    Returns:
        Agreement between seeds by target, as in :func:`retest`.
    """
    tasks = load_tasks(campaign.tasks).tasks
    losses = gather_losses(tasks, campaign.folder, seeds=campaign.seeds)
    transfers = transfers_table(losses)
    sample = losses.seed.astype(str) + "/" + losses["sample"].astype(str)  # one name for both, as `ahp` reads
    flat = losses.assign(sample=sample.astype("category")).drop(columns="seed")
    flat.to_parquet(campaign.folder / "losses.parquet", index=False)
    transfers.to_csv(campaign.folder / "transfers.csv", index=False, float_format="%.6g")
    tasks_table(tasks).to_csv(campaign.folder / "tasks.csv", index=False)
    affinity_matrix(transfers, tasks).to_csv(campaign.folder / "affinity.csv")
    return retest(transfers)
