"""Choosing a model by cross-validation on the measured cells, and what may be expected of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch

from benchmark.metrics.correlation import per_target_spearman
from benchmark.metrics.regret import per_target_regret
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix
from lit_models.registry import load_model
from recovery.cross_validation import CrossValidated, cross_validate, make_folds
from recovery.target_units import target_units

AUTO = "auto"
SOURCE_MEAN = "source-mean"
# By name, up to how many tasks they are tried on: beyond, they take minutes of a core.
MOST_TASKS = {
    SOURCE_MEAN: 10_000,
    "kernel-ridge": 10_000,
    "matrix-normal": 100,
    "prior-fitted": 200,
    "atlas": 40,
}
WITH_METADATA = ("kernel-ridge", "matrix-normal")
WITH_PAIRS = ("kernel-ridge", "prior-fitted")
LARGE_TABLE_TASKS = 60
FOLDS_OF_LARGE_TABLE = 5


class Expectation(NamedTuple):
    """What cross-validation on the measured cells expects of a model.

    Attributes:
        model: its name.
        error: mean absolute error in standard deviations of the target.
        spearman: mean per-target Spearman; None if no target has three measured sources.
        regret: mean per-target regret@1: what is lost by taking the source that looks best, as a share of the
            target's range; None as before.
    """

    model: str
    error: float
    spearman: float | None
    regret: float | None


class Candidate(NamedTuple):
    """A model that was tried."""

    expected: Expectation
    cv: CrossValidated


def shortlist(table: AffinityTable) -> list[str]:
    """The models that ``auto`` chooses from, cheap ones first.

    Args:
        table: the matrix; one with metadata or pair features adds variants that see them, and a large one
            leaves out what would take long.

    Returns:
        Names of models; the first is the source mean.
    """
    tasks = len(table.task_names)
    fitting = [name for name, most in MOST_TASKS.items() if tasks <= most]
    has_metadata = table.features is not None or any(table.groups) or any(table.kinds)
    names = []
    for name in fitting:
        variants = [name, f"{name}+z"] if has_metadata and name in WITH_METADATA else [name]
        names += variants
        names += [f"{each}+pairs" for each in variants if table.pairs and name in WITH_PAIRS]
    return names


def try_models(
    names: Sequence[str], table: AffinityTable, measured: BoolMatrix, *, seed: int
) -> Iterator[Candidate]:
    """Cross-validate models on the same folds, one after the other.

    Args:
        names: names of models.
        table: the matrix; read only where measured.
        measured: [N, N] bool, at least two entries.
        seed: seed of the folds, initial weights and noise.

    Yields:
        Each model as soon as it is done.
    """
    folds = {"folds": FOLDS_OF_LARGE_TABLE} if len(table.task_names) > LARGE_TABLE_TASKS else {}
    fold_of = make_folds(measured, seed=seed, **folds)
    for name in names:
        cv = cross_validate(load_model(name), table, measured, fold_of, seed=seed)
        yield Candidate(expectation(name, cv, table), cv)


def best(candidates: Sequence[Candidate]) -> Candidate:
    """The candidate with the smallest error; the first of equal ones."""
    return min(candidates, key=lambda candidate: candidate.expected.error)


def expectation(name: str, cv: CrossValidated, table: AffinityTable) -> Expectation:
    """Score held-out predictions of the measured cells.

    Args:
        name: the model's name.
        cv: the model.
        table: the matrix.

    Returns:
        Means over targets.
    """
    measured = cv.measured
    unit = target_units(table.value, measured).unit
    error = np.abs(np.where(measured, table.value - cv.held_out_mean, 0.0)) / unit
    truth = np.where(measured, table.value, 0.0)
    scores, truth_, mask = (torch.from_numpy(each) for each in (cv.held_out_score, truth, measured))
    low = np.where(measured, table.value, np.inf).min(0)
    high = np.where(measured, table.value, -np.inf).max(0)
    span = torch.from_numpy(np.where(high > low, high - low, 1.0))
    return Expectation(
        name,
        float(error[measured].mean()),
        _mean(per_target_spearman(scores, truth_, mask)),
        _mean(per_target_regret(scores, truth_, mask, 1, span)),
    )


def _mean(values: torch.Tensor) -> float | None:
    known = values[values.isfinite()]
    return float(known.mean()) if len(known) else None
