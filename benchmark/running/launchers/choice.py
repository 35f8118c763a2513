"""Choice of the launcher, from the options and the machine."""

from functools import partial
from typing import Literal

from benchmark.running.launchers.in_process import run_here
from benchmark.running.launchers.on_cores import run_on_cores
from benchmark.running.launchers.on_ray import run_on_ray
from benchmark.running.launchers.run_plan import Launcher
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
    """Choose the launcher.

    Args:
        name: ``local``, on this machine (or the nodes of torchrun or SLURM), or ``ray``.
        workers: number of cells run in parallel on this machine. ``auto`` means one per core, or one in all
            if cells run on an accelerator or are distributed over several processes each.
        hardware: hardware of each cell.
        cells: number of cells, an upper bound on the number of workers.

    Returns:
        The launcher.

    Raises:
        UserError: if several workers are combined with Ray or with distributed cells.
    """
    if workers != "auto" and workers > 1:
        if name == "ray":
            raise UserError(
                f"--workers {workers} is for --launcher local; Ray runs one cell per core of its cluster: "
                "omit --workers"
            )
        if hardware.processes > 1:
            raise UserError(
                f"--workers {workers} runs every cell in one process, but --devices {hardware.devices} "
                f"--num_nodes {hardware.num_nodes} runs every cell in {hardware.processes}: omit one or the "
                "other"
            )
    if name == "ray":
        return run_on_ray
    alone = hardware.processes > 1 or hardware.accelerator != "cpu"
    wanted = (1 if alone else available_cores()) if workers == "auto" else workers
    count = min(wanted, cells)
    return partial(run_on_cores, workers=count) if count > 1 else run_here
