"""From a model's configuration to its data and a trained module, shared by all runs."""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from benchmark.isolation.submission import Submission
from benchmark.running.trainer import Hardware, Precision, make_trainer, use_threads_for
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.embeddings import embed
from datamodules.errors import UserError
from datamodules.graph import Episode
from datamodules.splits.protocol import Mask, Setting, Split, is_bipartite_table
from lit_models.loading.config import ModelConfig
from lit_models.registry import model_factory
from lit_models.training.lit_recovery import LitRecovery, Prediction

ONE_CPU = Hardware()


class FittedModel(NamedTuple):
    """A trained model.

    Attributes:
        module: the trained module.
        trainer: its trainer, for prediction.
        fit_seconds: time for building and training in seconds.
    """

    module: LitRecovery
    trainer: pl.Trainer
    fit_seconds: float

    def scores(self, episodes: DataLoader[Episode]) -> Tensor:
        """Predict, in a single process.

        Args:
            episodes: one of the datamodule's loaders.

        Returns:
            [S, K, N, N] float, one matrix per split and member, in standardised units.
        """
        batches = self.trainer.predict(self.module, dataloaders=episodes)
        (prediction,) = (Prediction(*batch) for batch in batches or ())
        return prediction.scores.detach()


def data_for(
    config: ModelConfig,
    table: AffinityTable,
    *,
    setting: Setting,
    mask: Mask = "1/3",
    numbers: Sequence[int] | None = None,
    splits: Sequence[Split] | None = None,
) -> AffinityDataModule:
    """Make the datamodule of a matrix for a model's configuration.

    Its graphs are bipartite where the matrix is and the model reads such graphs; not for a submission, whose
    code is not run here.

    Args:
        config: the model.
        table: the matrix.
        setting: ``transductive`` or ``inductive``.
        mask: missing ratio.
        numbers: numbers of the protocol's splits; None for all.
        splits: custom splits instead of the protocol's.

    Returns:
        The datamodule.

    Raises:
        UserError: if the matrix lacks the task embeddings or pair features that the model needs.
    """
    return AffinityDataModule(
        table=table,
        setting=setting,
        mask=mask,
        numbers=numbers,
        splits=splits,
        z=config.z,
        scale=config.scale,
        pairs=config.pairs,
        train_on_validation=config.training.train_on_validation,
        bipartite=is_bipartite_table(table.eligible) and _reads_bipartite(config, table),
    )


def _reads_bipartite(config: ModelConfig, table: AffinityTable) -> bool:
    if isinstance(config, Submission):
        return False
    tasks = len(table.task_names)
    features = embed(config.z, table, np.ones(tasks, dtype=bool)).shape[1]
    with torch.random.fork_rng(devices=[]):
        try:
            return model_factory(config)(tasks, features).reads_bipartite
        except UserError:  # it does not support this size, as the run will say
            return False


def fit_model(
    config: ModelConfig,
    data: AffinityDataModule,
    *,
    members: int,
    first_member: int = 0,
    seed: int,
    epochs: int | None = None,
    hardware: Hardware = ONE_CPU,
    precision: Precision = "32-true",
    callbacks: Sequence[pl.Callback] = (),
) -> FittedModel:
    """Train a model on all splits of its data at once; a model without trainable parameters is only built.

    Args:
        config: the model.
        data: datamodule from :func:`data_for`.
        members: number of independently initialised copies per split.
        first_member: number of the first of them, where others are trained elsewhere.
        seed: seed of initial weights and noise.
        epochs: maximum number of training steps; overrides the configuration.
        hardware: hardware to train on.
        precision: floating-point precision.
        callbacks: callbacks of the trainer.

    Returns:
        The trained module and its trainer.
    """
    use_threads_for(data.num_tasks)
    pl.seed_everything(seed, verbose=False)
    training = config.training
    trainer = make_trainer(
        hardware, epochs=epochs or training.epochs, callbacks=callbacks, precision=precision
    )
    started = time.perf_counter()
    module = LitRecovery.for_data(
        model_factory(config),
        data,
        members=members,
        first_member=first_member,
        seed=seed,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        patience=training.patience,
        schedule=training.schedule,
    )
    if module.is_trainable:
        trainer.fit(module, datamodule=data)
    return FittedModel(module, trainer, time.perf_counter() - started)
