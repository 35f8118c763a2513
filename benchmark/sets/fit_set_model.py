"""From a set model's configuration to scores of every set on every split."""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray

from benchmark.running.trainer import Hardware, make_trainer, use_threads_for
from datamodules.sets.datamodule import SetDataModule
from datamodules.sets.protocol import SetSplit
from datamodules.sets.task_sets import TaskSets
from lit_models.loading.config import ModelConfig
from lit_models.registry import model_factory
from lit_models.sets.lit_sets import LitSets

MEMBERS = 2  # copies of a trained model, whose scores are averaged
SEED = 0


class SetScores(NamedTuple):
    """Scores of a fitted model.

    Attributes:
        scores: [S, M] float64, of every set on every split, observed ones included.
        fit_seconds: for building and training.
        predict_seconds: for scoring; models that are not trained fit while they score.
    """

    scores: NDArray[np.float64]
    fit_seconds: float
    predict_seconds: float


def fit_set_model(
    config: ModelConfig,
    sets: TaskSets,
    splits: Sequence[SetSplit],
    *,
    members: int = MEMBERS,
    seed: int = SEED,
) -> SetScores:
    """Train a model on all splits at once and score every set; a model without parameters only scores.

    Args:
        config: the model.
        sets: the measured sets.
        splits: which are known.
        members: independently initialised copies per split.
        seed: of initial weights, draws and noise.

    Returns:
        The scores, and the seconds that it took.

    Raises:
        UserError: if the table lacks the task embeddings or pair features that the model needs.
    """
    data = SetDataModule(sets=sets, splits=splits, z=config.z, scale=config.scale, pairs=config.pairs)
    use_threads_for(len(sets.table.task_names))
    pl.seed_everything(seed, verbose=False)
    training = config.training
    trainer = make_trainer(Hardware(), epochs=training.epochs, callbacks=())
    started = time.perf_counter()
    module = LitSets(
        build=model_factory(config),
        data=data,
        members=members,
        seed=seed,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
    )
    if module.is_trainable:
        trainer.fit(module, datamodule=data)
    fitted = time.perf_counter()
    (scores,) = trainer.predict(module, dataloaders=data.predict_dataloader()) or ()
    return SetScores(
        scores.double().numpy(),  # type: ignore[union-attr]  # a tensor, from predict_step
        fitted - started,
        time.perf_counter() - fitted,
    )
