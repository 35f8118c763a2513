"""From a model's configuration and a sparse table to a trained sparse form, shared by all runs."""

import math
import time
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch

from benchmark.running.fit_model import ONE_CPU
from benchmark.running.trainer import Hardware, make_trainer
from datamodules.sparse.datamodule import SparseDataModule
from datamodules.sparse.splits import SparseSplit
from datamodules.sparse.table import SparseAffinityTable
from lit_models.loading.config import ModelConfig
from lit_models.sparse.lit_sparse import LitSparse
from lit_models.sparse.registry import build_sparse_model

# Chosen on synthetic hubs of other seeds than those that are reported: steps of a mini-batch for one of a
# matrix, and a weight decay against the vectors of the many tasks with few cells.
STEPS = 2
LEAST_WEIGHT_DECAY = 0.2


class FittedSparse(NamedTuple):
    """A trained sparse form.

    Attributes:
        module: the trained module.
        data: what it was trained on.
        fit_seconds: time for building and training in seconds.
    """

    module: LitSparse
    data: SparseDataModule
    fit_seconds: float

    def scores(
        self, source: npt.NDArray[np.integer], target: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.float32]:
        """Predict transfers in standardised units, which is what rankings need.

        Args:
            source: [P] integers in [0, S), sources of the table.
            target: [P] integers in [0, T), targets.

        Returns:
            [P] float32, z-scores per target.
        """
        table = self.data.table
        tasks = torch.from_numpy(table.source_task[source]), torch.from_numpy(table.target_task[target])
        found: npt.NDArray[np.float32] = self.module.score(*(each.long() for each in tasks)).numpy()
        return found

    def values(
        self, source: npt.NDArray[np.integer], target: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.float64]:
        """Predict transfers in the table's own unit, higher is better: [P] float64, as :meth:`scores`."""
        moments = self.data.moments
        values: npt.NDArray[np.float64] = moments.mean[target] + moments.deviation[target] * self.scores(
            source, target
        )
        return values


def sparse_data_for(config: ModelConfig, table: SparseAffinityTable, split: SparseSplit) -> SparseDataModule:
    """Make the datamodule of a table for a model's configuration.

    Args:
        config: the model.
        table: the table.
        split: its observed, validation and query cells.

    Returns:
        The datamodule.
    """
    return SparseDataModule(table=table, split=split, train_on_validation=config.training.train_on_validation)


def count_epochs(config: ModelConfig, data: SparseDataModule) -> int:
    """Passes over the cells: :data:`STEPS` steps on a mini-batch for each of a matrix.

    Args:
        config: the model.
        data: its datamodule.

    Returns:
        The number.
    """
    return math.ceil(STEPS * config.training.epochs / data.batches)


def fit_sparse(
    config: ModelConfig,
    data: SparseDataModule,
    *,
    seed: int,
    epochs: int | None = None,
    hardware: Hardware = ONE_CPU,
    callbacks: Sequence[pl.Callback] = (),
) -> FittedSparse:
    """Train the sparse form of a model; one without trainable parameters is only built.

    Args:
        config: the model; its ``epochs`` count training steps on a matrix, and twice as many are taken here,
            without stopping early; its ``weight_decay`` is at least .2.
        data: datamodule of :func:`sparse_data_for`.
        seed: seed of initial weights and noise.
        epochs: passes over the cells at most; overrides the configuration.
        hardware: hardware to train on; several processes share each mini-batch.
        callbacks: callbacks of the trainer.

    Returns:
        The trained form.

    Raises:
        UserError: if the model has no sparse form.
    """
    pl.seed_everything(seed, verbose=False)
    training = config.training
    started = time.perf_counter()
    module = LitSparse(
        model=build_sparse_model(config, num_tasks=len(data.table.task_names)),
        graph=data.graph,
        seed=seed,
        learning_rate=training.learning_rate,
        weight_decay=max(training.weight_decay, LEAST_WEIGHT_DECAY),
    )
    if module.is_trainable:
        trainer = make_trainer(
            hardware,
            epochs=epochs or count_epochs(config, data),
            check_every_epochs=1,
            callbacks=callbacks,
        )
        # A table without validation cells, which is deliberate.
        warnings.filterwarnings("ignore", message="Total length of .* across ranks is zero.*")
        trainer.fit(module, datamodule=data)
    return FittedSparse(module, data, time.perf_counter() - started)
