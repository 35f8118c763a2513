"""From the losses of a campaign to its tables of transfers and tasks."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from datamodules.matrix_types import FloatMatrix
from measurement.ahp import ahp, tournament
from measurement.jobs import ALL_TASKS, JOINT, PIXELS, PSEUDO_SOURCES, SELF, Job, refusing_damaged
from measurement.task import MeasuredTask

ALL_SEEDS = "all-seeds"


def seed_regime(seed: int) -> str:
    """Name of the regime that holds one seed's matrix."""
    return f"seed-{seed}"


def gather_losses(tasks: Sequence[MeasuredTask], folder: Path, *, seeds: int, restarts: int) -> pd.DataFrame:
    """All per-sample losses of a finished campaign.

    Args:
        tasks: the measured tasks.
        folder: results folder.
        seeds: number of seeds.
        restarts: repetitions per seed; repetition r belongs to seed r // restarts.

    Returns:
        Columns ``source, target, seed, sample, loss``. Within a seed, a sample number is the same example for
        all sources of a target; across seeds it is not.
    """
    parts = []
    for target in (task.name for task in tasks if task.is_target):
        for repetition in range(seeds * restarts):
            path = Job(repetition, "transfers", target).path(folder)
            with refusing_damaged(path):
                rows = pd.read_parquet(path)
            seed, restart = divmod(repetition, restarts)
            sample = rows["sample"] + restart * rows["sample"].nunique()
            parts.append(rows.assign(target=target, seed=seed, sample=sample))
    together = pd.concat(parts, ignore_index=True)[["source", "target", "seed", "sample", "loss"]]
    return together.astype({"source": "category", "target": "category"})


def transfers_table(losses: pd.DataFrame) -> pd.DataFrame:
    """Affinities per seed, and of all seeds together by one tournament over all samples.

    Args:
        losses: as returned by :func:`gather_losses`.

    Returns:
        Columns ``regime, sources, target, ahp, wins_vs_pixels, wins_vs_task, loss``; see the card of
        mini-vision.
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
    """Agreement between seeds on the ranking of each target's sources.

    Args:
        transfers: as returned by :func:`transfers_table`.
        figure: column to rank by.

    Returns:
        Per target, the Spearman correlation over single sources (without pseudo-sources and the target
        itself), averaged over pairs of seeds. Empty with one seed.
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
    """Rows whose source is a single task other than the target."""
    joint = transfers.sources.str.contains(JOINT, regex=False)
    pseudo = transfers.sources.isin(PSEUDO_SOURCES)
    return transfers[~joint & ~pseudo & (transfers.sources != transfers.target)]


def affinity_matrix(
    transfers: pd.DataFrame, tasks: Sequence[MeasuredTask], *, diagonal: bool = False
) -> pd.DataFrame:
    """Log AHP affinity of all seeds, sources × targets.

    Args:
        transfers: as returned by :func:`transfers_table`.
        tasks: the tasks, in the order of rows and columns.
        diagonal: keep the diagonal (a task's own encoder, frozen, with a new head); NaN otherwise.

    Returns:
        Sources in the index, targets in the columns.
    """
    rows = transfers[transfers.regime == ALL_SEEDS]
    matrix = (rows if diagonal else single_sources(rows)).pivot(
        index="sources", columns="target", values="ahp"
    )
    targets = [task.name for task in tasks if task.is_target]
    return matrix.reindex(index=[task.name for task in tasks], columns=targets).apply(np.log)


def task_embeddings(
    tasks: Sequence[MeasuredTask], folder: Path, *, repetitions: int
) -> tuple[FloatMatrix, FloatMatrix]:
    """Embeddings of the tasks over all repetitions of a finished campaign.

    Args:
        tasks: the measured tasks.
        folder: results folder.
        repetitions: their number.

    Returns:
        Task2Vec [N, D] float64, the vectors of all repetitions, each with a probe of its own, side by side;
        and the mean similarity of encoders, linear CKA [N, N] float64.
    """
    vectors = [
        np.concatenate([np.load(Job(r, "task2vec", task.name).path(folder)) for r in range(repetitions)])
        for task in tasks
    ]
    similarities = [np.load(Job(r, "representation", ALL_TASKS).path(folder)) for r in range(repetitions)]
    return np.stack(vectors).astype(np.float64), np.mean(similarities, axis=0)


def tasks_table(tasks: Sequence[MeasuredTask]) -> pd.DataFrame:
    """Table with the columns ``name, title, group, kind, description``, one row per task."""
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
