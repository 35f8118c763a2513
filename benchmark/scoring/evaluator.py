"""Evaluation of predictions: the only place where they meet the truth."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch

from benchmark.metrics import check_finite
from benchmark.running.distributed import gather
from benchmark.running.memory.chunks import Chunk
from benchmark.scoring.measured import Measured
from benchmark.scoring.protocol_scores import score_splits
from datamodules.base import AffinityDataModule
from lit_models.training.lit_recovery import Prediction

FloatArray = npt.NDArray[np.float64]


class Evaluator(pl.Callback):
    """Collects the predictions of a :class:`LitRecovery` over all processes and scores them.

    The replicas may be predicted in chunks: parts of the splits and of their members.

    Args:
        datamodule: datamodule with all splits and the truth.
        name: the model's name, for error messages.
        members: copies of each split.

    Attributes:
        member_scores: [S, K, ...] float64, standardised units: the datamodule's ``area`` of the table.
    """

    def __init__(self, *, datamodule: AffinityDataModule, name: str, members: int) -> None:
        self.datamodule = datamodule
        self.name = name
        shape = datamodule.table.value[datamodule.area].shape
        self.member_scores: FloatArray = np.full((len(datamodule.splits), members, *shape), np.nan)
        self._chunk = Chunk(tuple(range(len(datamodule.splits))), 0, members)
        self._own: dict[int, FloatArray] = {}

    def expect(self, chunk: Chunk) -> None:
        """Set which replicas the next predictions are of; all of them at first."""
        self._chunk = chunk

    def on_predict_batch_end(
        self,
        trainer: pl.Trainer,  # noqa: ARG002  # the hook's signature
        pl_module: pl.LightningModule,  # noqa: ARG002
        outputs: Any,
        batch: Any,  # noqa: ARG002
        batch_idx: int,  # noqa: ARG002
        dataloader_idx: int = 0,  # noqa: ARG002
    ) -> None:
        """Collect a batch of scores."""
        self.collect(outputs)

    def on_predict_epoch_end(
        self,
        trainer: pl.Trainer,  # noqa: ARG002  # the hook's signature
        pl_module: pl.LightningModule,  # noqa: ARG002
    ) -> None:
        """Exchange predictions between processes."""
        self.exchange()

    def collect(self, prediction: Prediction) -> None:
        """Store a batch of scores of the expected replicas, rows and columns in the table's order."""
        for place, of_members in zip(prediction.position.tolist(), prediction.scores, strict=True):
            of_members = of_members.detach().double().cpu()
            position = self._chunk.positions[place]
            split = self.datamodule.splits[position]
            rows, columns = (torch.from_numpy(np.argsort(tasks)) for tasks in self.datamodule.axes(split))
            in_table_order = of_members[:, rows[:, None], columns]
            query = torch.tensor(split.query[self.datamodule.area]).expand_as(in_table_order)
            check_finite(in_table_order, query, self.name)
            self._own[position] = in_table_order.numpy()

    def exchange(self) -> None:
        """Give every process the predictions of all."""
        own_members = slice(self._chunk.first_member, self._chunk.first_member + self._chunk.members)
        for own in gather(self._own):
            for position, scores in own.items():
                self.member_scores[position, own_members] = scores
        self._own = {}

    def metrics(self) -> dict[str, Measured]:
        """Score the members' mean; see :func:`benchmark.scoring.protocol_scores.score_splits`."""
        return score_splits(self.datamodule.put_back(self.member_scores.mean(1)), self.datamodule)
