"""Evaluation of predictions: the only place where they meet the truth."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch

from benchmark.metrics import check_finite
from benchmark.running.distributed import gather
from benchmark.scoring.measured import Measured
from benchmark.scoring.protocol_scores import score_splits
from datamodules.base import AffinityDataModule
from lit_models.training.lit_recovery import Prediction

FloatArray = npt.NDArray[np.float64]


class Evaluator(pl.Callback):
    """Collects the predictions of a :class:`LitRecovery` over all processes and scores them.

    Args:
        datamodule: datamodule with the splits and the truth.
        name: the model's name, for error messages.
    """

    def __init__(self, *, datamodule: AffinityDataModule, name: str) -> None:
        self.datamodule = datamodule
        self.name = name
        self._own: dict[int, FloatArray] = {}
        self._all: dict[int, FloatArray] = {}

    def on_predict_batch_end(
        self,
        trainer: pl.Trainer,  # noqa: ARG002  # the hook's signature
        pl_module: pl.LightningModule,  # noqa: ARG002
        outputs: Any,
        batch: Any,  # noqa: ARG002
        batch_idx: int,  # noqa: ARG002
        dataloader_idx: int = 0,  # noqa: ARG002
    ) -> None:
        """Store a batch of scores, rows and columns in the table's order."""
        prediction: Prediction = outputs
        scores = prediction.scores.detach().double().cpu()
        for position, of_members in zip(prediction.position.tolist(), scores, strict=True):
            split = self.datamodule.splits[position]
            order = self.datamodule.task_order(split)
            in_table_order = torch.empty_like(of_members)
            rows, columns = (torch.from_numpy(index) for index in np.ix_(order, order))
            in_table_order[:, rows, columns] = of_members
            query = torch.from_numpy(split.query).expand_as(in_table_order)
            check_finite(in_table_order, query, self.name)
            self._own[position] = in_table_order.numpy()

    def on_predict_epoch_end(
        self,
        trainer: pl.Trainer,  # noqa: ARG002  # the hook's signature
        pl_module: pl.LightningModule,  # noqa: ARG002
    ) -> None:
        """Exchange predictions between processes."""
        self._all = {position: scores for own in gather(self._own) for position, scores in own.items()}

    @property
    def member_scores(self) -> FloatArray:
        """[S, K, N, N] float64, standardised units, rows and columns in the table's order."""
        return np.stack([self._all[position] for position in range(len(self.datamodule.splits))])

    def metrics(self) -> dict[str, Measured]:
        """Score the members' mean; see :func:`benchmark.scoring.protocol_scores.score_splits`."""
        return score_splits(self.member_scores.mean(1), self.datamodule)
