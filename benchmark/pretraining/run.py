"""One training run of the prior-fitted network, from its first step or from its checkpoint."""

import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.strategies import Strategy
from rich.console import Console

from benchmark.pretraining.log import PretrainingLog
from benchmark.progress.pretraining import PretrainingProgress
from benchmark.results.atomic_files import check_writable
from benchmark.running.processes import Processes
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError
from lit_models.pretraining.lit_pretraining import DEPTH, WIDTH, LitPretraining
from lit_models.pretraining.synthetic_data import STEPS_PER_EPOCH, SyntheticData
from lit_models.prior.parts import EVERY_PART, Part

CHECKPOINT = "checkpoint"
CELLS = 3_000
Precision = Literal["32-true", "bf16-mixed"]


class Engine(NamedTuple):
    """What starts the processes that train together, in the terms of Lightning's trainer.

    Attributes:
        devices: processes on a node; ``auto`` leaves it to the plugins.
        num_nodes: nodes.
        strategy: how gradients are averaged; layers that are not in use yet have none.
        plugins: where a process learns of its rank.
    """

    devices: int | Literal["auto"]
    num_nodes: int
    strategy: str | Strategy
    plugins: tuple[ClusterEnvironment, ...] = ()


def local_engine(hardware: Hardware) -> Engine:
    """Processes that Lightning starts on this machine, or that torchrun or SLURM has started.

    Args:
        hardware: where to.

    Returns:
        The engine, once all processes are there.

    Raises:
        UserError: if the hardware is not available, or another number of processes has been started.
    """
    Processes(hardware, last_words=lambda: "The same command goes on from the last checkpoint.")
    strategy = "ddp_find_unused_parameters_true" if hardware.processes > 1 else "auto"
    return Engine(hardware.devices, hardware.num_nodes, strategy)


class _LastEpoch(ModelCheckpoint):
    """The state after the last epoch, without the paths of the machine that wrote it."""

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        pass


def pretrain_network(
    *,
    folder: Path,
    steps: int,
    seed: int,
    check_every: int,
    hardware: Hardware,
    precision: Precision,
    console: Console,
    width: int = WIDTH,
    depth: int = DEPTH,
    cells: int = CELLS,
    workers: int = 0,
    parts: frozenset[Part] = EVERY_PART,
    make_engine: Callable[[Hardware], Engine] = local_engine,
) -> LitPretraining:
    """Train until a number of steps, going on from the folder's checkpoint if there is one.

    Args:
        folder: holds ``checkpoint.ckpt``, ``log.csv`` and ``prior-fitted.safetensors`` with its record.
        steps: of the whole run, those before included; a multiple of 100.
        seed: of initial weights and worlds.
        check_every: steps between two checks.
        hardware: where to.
        precision: of the arithmetic.
        console: shows progress.
        width: of a cell of the network.
        depth: its layers.
        cells: of a step's worlds together, about.
        workers: processes that draw worlds.
        parts: of the prior.
        make_engine: starts the processes, or finds those that were started.

    Returns:
        The trained module.

    Raises:
        UserError: if a number of steps is no multiple of 100, or the checkpoint is of
            another seed, width or depth.
    """
    for name, number in (("steps", steps), ("check_every", check_every)):
        if number <= 0 or number % STEPS_PER_EPOCH:
            raise UserError(f"{name} is {number}: it must be a positive multiple of {STEPS_PER_EPOCH}")
    check_writable(folder)
    engine = make_engine(hardware)
    checkpoint = folder / f"{CHECKPOINT}.ckpt"
    module = LitPretraining(steps=steps, seed=seed, width=width, depth=depth)
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    # Worlds may be drawn on the core that trains: there the network's step takes several times as long.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    warnings.filterwarnings("ignore", message=".*Checkpoint directory .* exists and is not empty.*")
    if hardware.accelerator == "cpu":
        torch.set_num_threads(1)
    else:
        torch.set_float32_matmul_precision("high")
    with PretrainingProgress(console=console, steps=steps) as progress:
        trainer = pl.Trainer(
            accelerator=hardware.accelerator,
            devices=engine.devices,
            num_nodes=engine.num_nodes,
            strategy=engine.strategy,
            plugins=list(engine.plugins),
            precision=precision,
            max_epochs=steps // STEPS_PER_EPOCH,
            check_val_every_n_epoch=check_every // STEPS_PER_EPOCH,
            num_sanity_val_steps=0,
            callbacks=[
                PretrainingLog(folder=folder, progress=progress),
                _LastEpoch(
                    dirpath=folder,
                    filename=CHECKPOINT,
                    save_on_train_epoch_end=True,
                    enable_version_counter=False,
                ),
            ],
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            use_distributed_sampler=False,  # every process draws its own worlds, and checks on the same ones
        )
        start = str(checkpoint) if checkpoint.is_file() else None
        data = SyntheticData(seed=seed, cells=cells, workers=workers, parts=parts)
        trainer.fit(module, datamodule=data, ckpt_path=start, weights_only=True)
    return module
