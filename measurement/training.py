"""Training with Lightning on batches in memory, with a one-cycle learning rate schedule."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader, IterableDataset

MIN_STEPS = 10  # with fewer, the rising part of the cycle has no step


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """Number of steps, batch size and optimiser settings of one training run.

    Attributes:
        steps: number of optimiser steps.
        batch: examples per step.
        learning_rate: peak learning rate.
        weight_decay: weight decay of AdamW.
    """

    steps: int
    batch: int
    learning_rate: float
    weight_decay: float = 1e-4


class Batches(IterableDataset[tuple[Tensor, ...]]):
    """Random batches of tensors in memory, without replacement within an epoch.

    Args:
        tensors: [n, ...] each; a batch takes the same examples from all of them.
        schedule: number and size of the batches.
        seed: seed of the shuffling.
        dims: example dimension of each tensor; the first if omitted.
    """

    def __init__(
        self,
        tensors: Sequence[Tensor],
        *,
        schedule: TrainingPlan,
        seed: int,
        dims: Sequence[int] | None = None,
    ) -> None:
        self.tensors = tensors
        self.dims = dims or [0] * len(tensors)
        self.schedule = schedule
        self.seed = seed

    def __len__(self) -> int:
        return self.schedule.steps

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        """Yield one tuple of tensors per step."""
        generator = torch.Generator().manual_seed(self.seed)
        count, size = self.tensors[0].shape[self.dims[0]], self.schedule.batch
        queue = torch.empty(0, dtype=torch.int64)
        for _ in range(self.schedule.steps):
            while len(queue) < size:
                queue = torch.cat([queue, torch.randperm(count, generator=generator)])
            chosen, queue = queue[:size], queue[size:]
            yield tuple(t.index_select(dim, chosen) for t, dim in zip(self.tensors, self.dims, strict=True))


class LitScheduled(pl.LightningModule):
    """Base class of task networks and readouts: the optimiser.

    Args:
        schedule: number of steps, batch size and learning rate.
    """

    def __init__(self, schedule: TrainingPlan) -> None:
        super().__init__()
        self.schedule = schedule

    def configure_optimizers(self) -> dict[str, object]:  # type: ignore[override]  # Lightning's own type is narrower
        """AdamW with a one-cycle learning rate."""
        optimizer = AdamW(
            self.parameters(), lr=self.schedule.learning_rate, weight_decay=self.schedule.weight_decay
        )
        cycle = OneCycleLR(
            optimizer, max_lr=self.schedule.learning_rate, total_steps=self.schedule.steps, pct_start=0.2
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": cycle, "interval": "step"}}


def fit(module: LitScheduled, batches: Batches) -> None:
    """Train a module on the CPU for one pass over the batches, without logging and checkpoints.

    Args:
        module: the module to train; in evaluation mode afterwards.
        batches: the training batches.
    """
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    # Batches are in memory: worker processes would only slow training down.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*`IterableDataset` has `__len__` defined.*")
    # Lightning uses a name that torch has deprecated.
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    # Training on the CPU is intended.
    warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
    trainer = pl.Trainer(
        accelerator="cpu",
        devices=1,
        max_epochs=1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(batches, batch_size=None))
    module.eval()


def in_chunks(network: nn.Module, inputs: Tensor, *, size: int = 256) -> Tensor:
    """Outputs of a network, computed in chunks and without gradients.

    Args:
        network: the network.
        inputs: [n, ...].
        size: examples per chunk.

    Returns:
        [n, ...] outputs.
    """
    with torch.no_grad():
        return torch.cat([network(chunk) for chunk in torch.split(inputs, size)])
