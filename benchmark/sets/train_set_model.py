"""From a set model's configuration to scores of every set on every split, in this process."""

import time
from typing import NamedTuple

import pytorch_lightning as pl
from torch import Tensor, nn

from benchmark.running.trainer import Hardware, make_trainer, use_threads_for
from datamodules.sets.datamodule import SetDataModule
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.registry import model_factory
from lit_models.sets.lit_sets import LitSets

MEMBERS = 1  # copies of a trained model; their scores would be averaged
SEED = 0
HARDWARE = Hardware()


class SetScores(NamedTuple):
    """Scores of a fitted model.

    Attributes:
        scores: [S, M] float64, of the sets that each split asks for; NaN elsewhere.
        fit_cpu_seconds: CPU time for building and training; as claimed, if a worker says so.
        predict_cpu_seconds: for scoring; models that are not trained fit while they score.
    """

    scores: Tensor
    fit_cpu_seconds: float
    predict_cpu_seconds: float


class SetDescription(NamedTuple):
    """What a result says of a model beside its scores.

    Attributes:
        source_hash: hash of its code and of what trains it.
        encoder: name of its encoder; "" without one.
    """

    source_hash: str
    encoder: str


def train_set_model(
    config: ModelConfig, data: SetDataModule, *, members: int = MEMBERS, seed: int = SEED
) -> SetScores:
    """Train a model on all splits of some data at once and score the sets that they ask for, here.

    A model without parameters only scores.

    Args:
        config: the model.
        data: the splits.
        members: independently initialised copies per split.
        seed: of initial weights, draws and noise.

    Returns:
        The scores, and the seconds that it took.

    Raises:
        UserError: if the model cannot be built for the data.
    """
    use_threads_for(data.singles.num_tasks)
    pl.seed_everything(seed, verbose=False)
    trainer = make_trainer(HARDWARE, epochs=config.training.epochs, callbacks=())
    started = time.process_time()
    module = make_module(config, data, members=members, seed=seed)
    if module.is_trainable:
        trainer.fit(module, datamodule=data)
    fitted = time.process_time()
    (scores,) = trainer.predict(module, dataloaders=data.predict_dataloader()) or [None]
    return SetScores(
        scores.double(),  # type: ignore[union-attr]  # a tensor, from predict_step
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


def describe_module(module: LitSets) -> SetDescription:
    """Describe a model, which was made to be trained."""
    return SetDescription(source_hash(nn.ModuleList([module, module.model])), module.model.encoder_name)
