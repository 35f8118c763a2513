"""The Lightning module that trains the sparse form of a model in mini-batches of cells."""

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor

from datamodules.sparse.graph import CellBatch, SparseGraph, blocks_of
from lit_models.noise import fold_in
from lit_models.sparse.base import SparseModel


class LitSparse(pl.LightningModule):
    """Trains a sparse form: each step hides a mini-batch of cells and predicts them from all others.

    The loss of a step estimates the mean squared error over all observed cells, without bias: each cell
    counts 1 / rate. Under DDP every process has the graph and its part of each mini-batch; their losses add
    up to that of one process. The state that did best on the validation cells is kept, the last one where
    there are none.

    Args:
        model: the sparse form.
        graph: the observed cells.
        seed: seeds the noise.
        learning_rate: of AdamW (Loshchilov & Hutter, ICLR 2019); it falls to 0 along a half cosine, since
            the gradient of a mini-batch is noisy.
        weight_decay: of AdamW.

    Attributes:
        curve: mean training loss and validation loss of each epoch; NaN without validation cells.
        best_loss: the least validation loss.
    """

    def __init__(
        self,
        *,
        model: SparseModel,
        graph: SparseGraph,
        seed: int,
        learning_rate: float,
        weight_decay: float,
    ) -> None:
        super().__init__()
        self.model = model
        self.seed = seed
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.best_loss = float("inf")
        self.curve: list[tuple[float, float]] = []
        # Not among the buffers, which DDP would send from process to process in every step.
        self._graph = graph
        self._best: dict[str, Tensor] = {}
        self._train_loss: list[Tensor] = []
        self._validation_loss = float("nan")
        self._vectors = torch.empty(0)
        self._squares = torch.zeros(2, dtype=torch.float64)

    @property
    def is_trainable(self) -> bool:
        """Whether the model has anything to fit by gradients."""
        return any(weight.requires_grad for weight in self.model.parameters())

    def graph(self, *, step: int) -> SparseGraph:
        """The observed cells, on this module's device, with the noise key of a step."""
        if self._graph.source.device != self.device:
            tasks, *tensors = self._graph
            self._graph = SparseGraph(tasks, *(tensor.to(self.device) for tensor in tensors))
        return self._graph._replace(key=fold_in(torch.tensor(self.seed, device=self.device), step))

    def batch_loss(self, batch: CellBatch, *, step: int, processes: int = 1) -> Tensor:
        """Loss of one process's part of a mini-batch; the parts add up to the loss of the mini-batch.

        Args:
            batch: the part.
            step: number of the training step, which chooses the noise.
            processes: number of parts.

        Returns:
            [] float: an unbiased estimate of the mean squared error over all observed cells, plus
            regularisation.
        """
        graph = self.graph(step=step)
        vectors, cost = self.model.embed(graph.without(batch.hidden))
        error = (self.model.decode(vectors[batch.source], vectors[batch.target]) - batch.value) ** 2
        return (error / batch.rate).sum() / len(graph.value) + cost / processes

    def training_step(self, batch: CellBatch, _: int) -> Tensor:
        """The loss; DDP's mean over processes is undone by their number."""
        processes = self.trainer.world_size
        loss = self.batch_loss(batch, step=self.global_step + 1, processes=processes)
        self._train_loss.append(loss.detach())
        return loss * processes

    def on_train_epoch_end(self) -> None:
        """Note the losses of the epoch, whose validation is over."""
        self.curve.append((float(torch.stack(self._train_loss).mean()), self._validation_loss))
        self._train_loss.clear()

    def on_validation_epoch_start(self) -> None:
        """Encode once for all validation cells."""
        self._vectors = self.model.encode(self.graph(step=0))
        self._squares = torch.zeros(2, dtype=torch.float64)

    def validation_step(self, batch: CellBatch, _: int) -> None:
        """Add up squared errors."""
        error = self.model.decode(self._vectors[batch.source], self._vectors[batch.target]) - batch.value
        self._squares += torch.stack([error.double().square().sum().cpu(), torch.tensor(len(error)).double()])

    def on_validation_epoch_end(self) -> None:
        """Keep the state if it never did better; training goes on, since the learning rate still falls."""
        loss = float(self._squares[0] / self._squares[1])
        self._validation_loss = loss
        self.log("validation_loss", loss, sync_dist=True)
        if loss < self.best_loss:
            self.best_loss = loss
            self._best = {name: value.clone() for name, value in self.model.state_dict().items()}

    def on_fit_end(self) -> None:
        """Return to the best state."""
        if self._best:
            self.model.load_state_dict(self._best)

    @torch.no_grad()
    def score(self, source: Tensor, target: Tensor) -> Tensor:
        """Score pairs of tasks from all observed cells, noise off.

        Args:
            source: [P] int64, source tasks as in :class:`SparseGraph`.
            target: [P] int64, target tasks.

        Returns:
            [P] float32 on the CPU, z-scores; higher = better transfer.
        """
        self.model.eval()
        vectors = self.model.encode(self.graph(step=0))
        scores = torch.empty(len(source))
        for block in blocks_of(len(source)):
            scores[block] = self.model.decode(vectors[source[block]], vectors[target[block]]).cpu()
        return scores

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW with a half cosine."""
        optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay, fused=True
        )
        steps = int(self.trainer.estimated_stepping_batches)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}
