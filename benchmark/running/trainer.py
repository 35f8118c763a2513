"""The Lightning trainer of a cell."""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytorch_lightning as pl
import torch

from benchmark.running.memory.budget import MemoryBudget

Precision = Literal["32-true", "64-true"]

CHECK_EVERY_EPOCHS = 5
ONE_THREAD_UP_TO_TASKS = 100


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """Hardware that a cell runs on, in Lightning's terms.

    Attributes:
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        devices: processes per node; episodes are distributed over them.
        num_nodes: number of nodes.
        memory: memory that the cell shares with others.
        limit_seconds: time limit of a submission, for one part of a cell.
    """

    accelerator: str = "cpu"
    devices: int = 1
    num_nodes: int = 1
    memory: MemoryBudget = field(default_factory=MemoryBudget)
    limit_seconds: float = 3600.0

    @property
    def processes(self) -> int:
        """Total number of processes."""
        return self.devices * self.num_nodes


def use_threads_for(num_tasks: int) -> None:
    """Use a single torch thread for small matrices, for which waking more takes longer than the arithmetic.

    Args:
        num_tasks: number of tasks of a graph.
    """
    if num_tasks <= ONE_THREAD_UP_TO_TASKS:
        torch.set_num_threads(1)


def make_trainer(
    hardware: Hardware,
    *,
    epochs: int,
    callbacks: Sequence[pl.Callback],
    precision: Precision = "32-true",
    check_every_epochs: int = CHECK_EVERY_EPOCHS,
) -> pl.Trainer:
    """Make a trainer that writes no files and prints nothing.

    Args:
        hardware: hardware to run on.
        epochs: maximum number of training steps: an epoch is one step on all episodes.
        callbacks: callbacks of the trainer.
        precision: floating-point precision; 64 bits distinguish errors from rounding.
        check_every_epochs: epochs from one validation check to the next.

    Returns:
        The trainer.
    """
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    # All episodes form one small batch in memory: worker processes would only be slower.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    # Lightning uses a name that torch has deprecated.
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    # Raised for runs on the CPU, which is deliberate.
    warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
    return pl.Trainer(
        accelerator=hardware.accelerator,
        devices=hardware.devices,
        num_nodes=hardware.num_nodes,
        strategy="ddp" if hardware.processes > 1 else "auto",
        precision=precision,
        max_epochs=epochs,
        check_val_every_n_epoch=min(check_every_epochs, epochs),
        num_sanity_val_steps=0,
        callbacks=list(callbacks),
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,  # the datamodule shards the episodes itself
        inference_mode=False,  # the best states, kept during validation, must stay ordinary tensors
    )
