"""What a model predicts from a choice of measured entries: means and scales in the table's unit."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch

from benchmark.running.fit_model import data_for, fit_model
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.graph import TaskGraph
from datamodules.matrix_types import BoolMatrix
from datamodules.splits.protocol import Split, validation_entries
from lit_models.base import RecoveryModel
from lit_models.loading.config import ModelConfig
from lit_models.predictive import Predictive
from lit_models.registry import model_factory
from recovery.target_units import target_units

FloatArray = npt.NDArray[np.float64]

MEMBERS = 2  # of a model that is trained, per fit


@runtime_checkable
class KnowsUncertainty(Protocol):
    """A recovery model that says how sure it is of every transfer."""

    def predictive(self, graph: TaskGraph) -> Predictive:
        """Mean and standard deviation, [N, N] each, in standardised units."""
        ...


class Predictions(NamedTuple):
    """What a model makes of S choices of measured entries.

    Attributes:
        score: [S, N, N] float64, in standard deviations from the target's mean, higher = better: what orders
            the sources of a target across choices, whose means differ.
        level: [S, 1, N] float64, what a score of 0 is in the table's unit.
        unit: [S, 1, N] float64 > 0, what a score of 1 adds.
        scale: [S, N, N] float64 > 0, how far off a prediction may be, in the table's unit, up to a factor.
    """

    score: FloatArray
    level: FloatArray
    unit: FloatArray
    scale: FloatArray

    def mean(self, stretch: float = 1.0) -> FloatArray:
        """Predictions in the table's unit, [S, N, N], with the scores stretched by a factor."""
        return self.level + stretch * self.unit * self.score


def predict(
    config: ModelConfig, table: AffinityTable, masks: Sequence[BoolMatrix], *, seed: int = 0
) -> Predictions:
    """Fit a model to each of several choices of measured entries, everything included, and predict the rest.

    Standardisation is part of the fit: it uses the chosen entries only. A model with ``predictive`` says how
    far off it may be; any other is taken to be equally far off everywhere, in deviations of the target.

    Args:
        config: the model.
        table: the matrix; read only where a mask is true.
        masks: S masks, [N, N] bool each.
        seed: seed of initial weights and noise.

    Returns:
        The predictions of every transfer.

    Raises:
        UserError: if the model lacks what it needs, such as task embeddings.
    """
    splits = [_split(number, mask, table.eligible, seed=seed) for number, mask in enumerate(masks)]
    data = data_for(config, table, setting="transductive", splits=splits)
    model = model_factory(config)(data.num_tasks, data.num_features)
    if any(weight.requires_grad for weight in model.parameters()):
        scores = fit_model(config, data, members=MEMBERS, seed=seed).scores(data.predict_dataloader())
        said = Predictive(scores.mean(1), torch.ones_like(scores[:, 0]))
    else:
        said = _as_it_is(model, data)
    score, spread = (data.put_back(each.double().numpy()) for each in said)
    units = [target_units(table.value, mask) for mask in masks]
    level, unit, deviation, unsure = (np.stack(each)[:, None] for each in zip(*units, strict=True))
    return Predictions(score, level, unit, np.hypot(deviation * spread, unsure))


def _split(number: int, mask: BoolMatrix, eligible: BoolMatrix, *, seed: int) -> Split:
    validation = validation_entries(mask, rng=np.random.default_rng([seed, number]))
    none_new = np.zeros(len(mask), dtype=bool)
    return Split(number, number, mask & ~validation, validation, eligible & ~mask, none_new)


def _as_it_is(model: RecoveryModel, data: AffinityDataModule) -> Predictive:
    """A model that has nothing to train, called on one graph after the other: [S, N, N] each."""
    said = []
    with torch.no_grad():
        for position in range(len(data.splits)):
            graph = data.episode(position, stage="predict").graph
            if isinstance(model, KnowsUncertainty):
                said.append(model.predictive(graph))
            else:
                scores = model(graph)
                said.append(Predictive(scores, torch.ones_like(scores)))
    return Predictive(*(torch.stack(each) for each in zip(*said, strict=True)))
