"""From a set model's configuration to scores of every set on every split."""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from torch import nn

from benchmark.running.trainer import Hardware, make_trainer, use_threads_for
from datamodules.sets.datamodule import SetDataModule
from datamodules.sets.protocol import SetSplit
from datamodules.sets.task_sets import TaskSets
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.registry import model_factory
from lit_models.sets.lit_sets import LitSets

MEMBERS = 1  # copies of a trained model; their scores would be averaged
SEED = 0


class SetScores(NamedTuple):
    """Scores of a fitted model.

    Attributes:
        scores: [S, M] float64, of the sets that each split asks for; NaN elsewhere.
        fit_cpu_seconds: CPU time for building and training.
        predict_cpu_seconds: for scoring; models that are not trained fit while they score.
    """

    scores: NDArray[np.float64]
    fit_cpu_seconds: float
    predict_cpu_seconds: float


def fit_set_model(
    config: ModelConfig,
    sets: TaskSets,
    splits: Sequence[SetSplit],
    *,
    members: int = MEMBERS,
    seed: int = SEED,
) -> SetScores:
    """Train a model on all splits at once and score the sets that they ask for.

    A model without parameters only scores.

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
    data = set_data(config, sets, splits)
    use_threads_for(len(sets.table.task_names))
    pl.seed_everything(seed, verbose=False)
    trainer = make_trainer(Hardware(), epochs=config.training.epochs, callbacks=())
    started = time.process_time()
    module = make_module(config, data, members=members, seed=seed)
    if module.is_trainable:
        trainer.fit(module, datamodule=data)
    fitted = time.process_time()
    (scores,) = trainer.predict(module, dataloaders=data.predict_dataloader()) or [None]
    return SetScores(
        scores.double().numpy(),  # type: ignore[union-attr]  # a tensor, from predict_step
        fitted - started,
        time.process_time() - fitted,
    )


def make_module(
    config: ModelConfig, data: SetDataModule, *, members: int = MEMBERS, seed: int = SEED
) -> LitSets:
    """Make the module that trains a configured model.

    Args:
        config: the model.
        data: what it will be trained on.
        members: independently initialised copies per split.
        seed: of initial weights, draws and noise.

    Returns:
        The module.

    Raises:
        UserError: if the model cannot be built for the data.
    """
    return LitSets(
        build=model_factory(config),
        data=data,
        members=members,
        seed=seed,
        learning_rate=config.training.learning_rate,
        weight_decay=config.training.weight_decay,
    )


def code_of(config: ModelConfig, sets: TaskSets, splits: Sequence[SetSplit]) -> tuple[str, str]:
    """The hash of a model's code and of what trains it, and the name of its encoder.

    Raises:
        UserError: if the model cannot be built for the data.
    """
    module = make_module(config, set_data(config, sets, splits[:1]))
    return source_hash(nn.ModuleList([module, module.model])), module.model.encoder_name


def set_data(config: ModelConfig, sets: TaskSets, splits: Sequence[SetSplit]) -> SetDataModule:
    """The datamodule of some splits for a model's configuration.

    Raises:
        UserError: if the table lacks the task embeddings or pair features that the model needs.
    """
    return SetDataModule(sets=sets, splits=splits, z=config.z, scale=config.scale, pairs=config.pairs)
