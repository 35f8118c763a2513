"""The Lightning trainer of a cell."""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pytorch_lightning as pl
import torch

Precision = Literal["32-true", "64-true"]

CHECK_EVERY_EPOCHS = 5
ONE_THREAD_UP_TO_TASKS = 100


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """Where a cell runs, in Lightning's words.

    Attributes:
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        devices: processes on a node; episodes are shared out among them.
        num_nodes: nodes.
    """

    accelerator: str = "cpu"
    devices: int = 1
    num_nodes: int = 1

    @property
    def processes(self) -> int:
        """Of the whole run."""
        return self.devices * self.num_nodes


def use_threads_for(num_tasks: int) -> None:
    """Keep torch on one thread for small matrices: waking more takes longer than their arithmetic.

    Args:
        num_tasks: tasks of a graph.
    """
    if num_tasks <= ONE_THREAD_UP_TO_TASKS:
        torch.set_num_threads(1)


def make_trainer(
    hardware: Hardware,
    *,
    epochs: int,
    callbacks: Sequence[pl.Callback],
    precision: Precision = "32-true",
) -> pl.Trainer:
    """A trainer that leaves no files and prints nothing.

    Args:
        hardware: where to run.
        epochs: training steps at most: an epoch is one step on all episodes.
        callbacks: its callbacks.
        precision: of all arithmetic; 64 bits tell a wrong result from rounding.

    Returns:
        The trainer.
    """
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    # All episodes are one small batch in memory: a worker process would only be slower.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    # Lightning's own use of a name that torch renames.
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    # Said of a run that was asked to stay on the CPU.
    warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
    return pl.Trainer(
        accelerator=hardware.accelerator,
        devices=hardware.devices,
        num_nodes=hardware.num_nodes,
        strategy="ddp" if hardware.processes > 1 else "auto",
        precision=precision,
        max_epochs=epochs,
        check_val_every_n_epoch=min(CHECK_EVERY_EPOCHS, epochs),
        num_sanity_val_steps=0,
        callbacks=list(callbacks),
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,  # the datamodule shards the episodes itself
        inference_mode=False,  # the best states, kept during validation, must stay ordinary tensors
    )
