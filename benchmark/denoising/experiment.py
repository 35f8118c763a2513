"""One run of each transfer, a third of them hidden: recovered and shrunken cells against the other runs."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from benchmark.denoising.comparison import Cells, Comparison, Estimate
from benchmark.denoising.shrinkage import combined, has_posterior, scores_of
from benchmark.metrics import per_target_spearman
from benchmark.running.fit_model import data_for
from benchmark.scoring.intervals import bootstrap_interval, mean_of_finite
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.load_table import load_table
from datamodules.matrix_types import FloatMatrix
from datamodules.splits.protocol import MASKS
from lit_models.base import RecoveryModel, build_model
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.registry import load_model, model_factory

MASK = MASKS["1/3"]
# Models without trainable parameters: a run of them takes seconds.
MODELS = (
    "source-mean",
    "z-svd3",
    "kernel-ridge",
    "kernel-ridge+z",
    "matrix-normal",
    "matrix-normal+z",
    "prior-fitted",
)
DATASET, LABEL = "taskweb", "score"
# The headline regime, the most reliable one, and the least reliable one.
REGIMES = ("t5l-finetune", "t5b-bitfit", "t5s")


class _OfRun(NamedTuple):
    """Scores given one run: [N] float64 per target each; NaN where a target is not scored."""

    hidden: FloatMatrix
    hidden_once: FloatMatrix
    whole: FloatMatrix
    whole_once: FloatMatrix
    measured: FloatMatrix
    measured_once: FloatMatrix


def read_tables() -> list[AffinityTable]:
    """The matrices whose runs are compared."""
    return [load_table(DATASET, regime=regime, label=LABEL) for regime in REGIMES]


def compare(config: ModelConfig, table: AffinityTable) -> list[Comparison]:
    """Compare a model's cells with the same cells measured once.

    One run after the other is what is measured, with the three splits of a repeat of the protocol
    (transductive, a third hidden); the truth is the mean of all other runs. The model's and the run's own
    values are scored on the same cells, by per-target Spearman averaged over the splits. Intervals are
    bootstrapped over runs and targets.

    Args:
        config: a model without trainable parameters.
        table: a matrix with at least three runs of every transfer.

    Returns:
        Three comparisons: hidden cells, hidden cells in whole columns, measured cells.

    Raises:
        UserError: if the table has too few runs, or the model is trained.
    """
    runs = table.replicates.runs if table.replicates else None
    if runs is None or len(runs) < 3:
        raise UserError(f"{table.name} {table.regime}: three runs of every transfer are needed")
    eligible = table.eligible & np.isfinite(runs).all(0)
    found = []
    for number, run in enumerate(runs):
        given = replace(table, value=np.where(eligible, run, np.nan), eligible=eligible, replicates=None)
        truth = np.delete(runs, number, axis=0).mean(0)
        found.append(_score(config, given, truth, repeat=number % MASK.repeats))
    whole = _OfRun(*(np.stack(each) for each in zip(*found, strict=True)))
    model = _build(config, data_for(config, table, setting="transductive"))
    shrunk: Estimate = "posterior mean" if has_posterior(model) else "combined"

    def comparison(cells: Cells, estimate: Estimate, score: FloatMatrix, once: FloatMatrix) -> Comparison:
        return Comparison(
            dataset=table.name,
            regime=table.regime,
            label=table.label,
            dataset_hash=table.hash,
            model=config.name,
            source_hash=source_hash(model),
            cells=cells,
            estimate=estimate,
            runs=len(runs),
            score=bootstrap_interval(score),
            one_run=bootstrap_interval(once),
            difference=bootstrap_interval(score - once),
        )

    return [
        comparison("hidden", "prediction", whole.hidden, whole.hidden_once),
        comparison("hidden, whole columns", "prediction", whole.whole, whole.whole_once),
        comparison("measured", shrunk, whole.measured, whole.measured_once),
    ]


def made_of(table: AffinityTable, model: str) -> tuple[str, str, str, str]:
    """What decides a comparison: its regime, its model, and the hashes of the matrix and of the code."""
    built = _build(load_model(model), data_for(load_model(model), table, setting="transductive"))
    return table.regime, model, table.hash, source_hash(built)


def _score(config: ModelConfig, given: AffinityTable, truth: FloatMatrix, *, repeat: int) -> _OfRun:
    numbers = range(repeat * MASK.folds, (repeat + 1) * MASK.folds)
    data = data_for(config, given, setting="transductive", mask="1/3", numbers=numbers)
    model = _build(config, data)
    positions = range(len(data.splits))
    scores = np.stack([scores_of(model, data, position) for position in positions])
    shrunk = (
        scores
        if has_posterior(model)
        else np.stack([combined(model, data, position) for position in positions])
    )
    hidden = np.stack([split.query for split in data.splits])
    measured = np.stack([data.training_mask(split) for split in data.splits])
    recovered = np.where(hidden, scores, 0.0).sum(0)  # every cell is hidden in one of the splits
    return _OfRun(
        *(mean_of_finite(_agreement(each, truth, hidden).T) for each in (scores, given.value)),
        *(_agreement(each, truth, given.eligible) for each in (recovered, given.value)),
        *(mean_of_finite(_agreement(each, truth, measured).T) for each in (shrunk, given.value)),
    )


def _build(config: ModelConfig, data: AffinityDataModule) -> RecoveryModel:
    model = build_model(model_factory(config), data.num_tasks, data.num_features, data.num_pair_features)
    if any(value.requires_grad for value in model.parameters()):
        raise UserError(f"{config.name} is trained: only models without trainable parameters are compared")
    return model.eval()


def _agreement(scores: FloatMatrix, truth: FloatMatrix, mask: npt.NDArray[np.bool_]) -> FloatMatrix:
    """Per-target Spearman under a mask: [..., N] float64."""
    predicted, true = (torch.tensor(np.where(mask, each, 0.0)) for each in (scores, truth))
    return np.asarray(per_target_spearman(predicted, true, torch.tensor(mask)).numpy(), dtype=np.float64)
