"""Choosing a model by cross-validation on the measured cells, and what may be expected of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
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
PREFERRED = ("prior-fitted-cheap", "prior-fitted+pairs", "prior-fitted")
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
    """A model that was tried.

    Attributes:
        expected: what is expected of it.
        cv: it, and what it says of held-out cells.
        errors: [M] float64, absolute error of each measured cell, in standard deviations of the target.
    """

    expected: Expectation
    cv: CrossValidated
    errors: npt.NDArray[np.float64]


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
        errors = held_out_errors(cv, table)
        yield Candidate(expectation(name, cv, table, errors), cv, errors)


def best(candidates: Sequence[Candidate]) -> Candidate:
    """The prior-fitted network, unless another model's error is clearly smaller; else the smallest error.

    The one-standard-error rule (Breiman et al., Classification and Regression Trees, 1984, section 3.4.3),
    with the model that leads most boards in place of the simplest: where little is measured, errors of
    held-out cells hardly tell models apart.

    Args:
        candidates: models tried on the same folds, at least one.

    Returns:
        The first of :data:`PREFERRED` whose error exceeds the smallest by one standard error of their
        difference at most; without one, the first of those with the smallest.
    """
    lowest = min(candidates, key=lambda candidate: candidate.expected.error)
    by_name = {candidate.expected.model: candidate for candidate in candidates}
    preferred = (by_name[name] for name in PREFERRED if name in by_name)
    return next((each for each in preferred if not _clearly_larger(each.errors, lowest.errors)), lowest)


def _clearly_larger(errors: npt.NDArray[np.float64], smallest: npt.NDArray[np.float64]) -> bool:
    difference = errors - smallest
    return bool(difference.mean() > difference.std() / np.sqrt(len(difference)))


def held_out_errors(cv: CrossValidated, table: AffinityTable) -> npt.NDArray[np.float64]:
    """Absolute error of each measured cell without its fold, in standard deviations of the target: [M]."""
    unit = target_units(table.value, cv.measured).unit
    error = np.abs(np.where(cv.measured, table.value - cv.held_out_mean, 0.0)) / unit
    errors: npt.NDArray[np.float64] = error[cv.measured]
    return errors


def expectation(
    name: str, cv: CrossValidated, table: AffinityTable, errors: npt.NDArray[np.float64]
) -> Expectation:
    """Score held-out predictions of the measured cells.

    Args:
        name: the model's name.
        cv: the model.
        table: the matrix.
        errors: from :func:`held_out_errors`.

    Returns:
        Means over targets.
    """
    measured = cv.measured
    truth = np.where(measured, table.value, 0.0)
    scores, truth_, mask = (torch.from_numpy(each) for each in (cv.held_out_score, truth, measured))
    low = np.where(measured, table.value, np.inf).min(0)
    high = np.where(measured, table.value, -np.inf).max(0)
    span = torch.from_numpy(np.where(high > low, high - low, 1.0))
    return Expectation(
        name,
        float(errors.mean()),
        _mean(per_target_spearman(scores, truth_, mask)),
        _mean(per_target_regret(scores, truth_, mask, 1, span)),
    )


def _mean(values: torch.Tensor) -> float | None:
    known = values[values.isfinite()]
    return float(known.mean()) if len(known) else None
