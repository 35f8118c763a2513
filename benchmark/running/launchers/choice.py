"""Which launcher a run gets: what was asked for, and what the machine has."""

from functools import partial
from typing import Literal

from benchmark.running.launchers.in_process import run_here
from benchmark.running.launchers.launcher import Launcher
from benchmark.running.launchers.on_cores import run_on_cores
from benchmark.running.launchers.on_ray import run_on_ray
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError
from datamodules.worker_pool import available_cores


def choose_launcher(
    name: Literal["local", "ray"],
    *,
    workers: int | Literal["auto"] = "auto",
    hardware: Hardware,
    cells: int,
) -> Launcher:
    """Choose who runs the cells.

    Args:
        name: ``local``, on this machine (or those that torchrun or SLURM have started), or ``ray``.
        workers: cells at a time on this machine. ``auto`` is one per core, and one in all if the cells run on
            an accelerator or are shared out among several processes each.
        hardware: what each cell runs on.
        cells: how many there are; no more workers than that.

    Returns:
        The launcher.

    Raises:
        UserError: if several workers are asked for together with what leaves no room for them.
    """
    if workers != "auto" and workers > 1:
        if name == "ray":
            raise UserError(
                f"--workers {workers} is for --launcher local; Ray runs as many cells at a time as its "
                "cluster has cores: leave --workers out"
            )
        if hardware.processes > 1:
            raise UserError(
                f"--workers {workers} gives every cell one process, and --devices {hardware.devices} "
                f"--num_nodes {hardware.num_nodes} gives every cell {hardware.processes}: leave out one or "
                "the other"
            )
    if name == "ray":
        return run_on_ray
    alone = hardware.processes > 1 or hardware.accelerator != "cpu"
    wanted = (1 if alone else available_cores()) if workers == "auto" else workers
    count = min(wanted, cells)
    return partial(run_on_cores, workers=count) if count > 1 else run_here
