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

# Memory that one cell should have at least, of which Python and the libraries take half.
LEAST_CELL_BYTES = 2**30


def count_workers(
    name: Literal["local", "ray"],
    *,
    workers: int | Literal["auto"],
    hardware: Hardware,
    cells: int,
) -> int:
    """How many cells run at a time on this machine.

    Args:
        name: ``local``, on this machine (or the nodes of torchrun or SLURM), or ``ray``.
        workers: number of cells run in parallel on this machine. ``auto`` means one per core, as far as there
            is memory, or one in all if cells run on an accelerator or are distributed over several processes
            each.
        hardware: hardware of all cells together.
        cells: number of cells, an upper bound on the number of workers.

    Returns:
        The number.

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
    if workers != "auto":
        return min(workers, cells)
    if hardware.processes > 1 or hardware.accelerator != "cpu":
        return 1
    fit = hardware.memory.cell_bytes(accelerator="cpu") // LEAST_CELL_BYTES
    return max(1, min(available_cores(), fit, cells))


def choose_launcher(name: Literal["local", "ray"], *, workers: int) -> Launcher:
    """Choose the launcher.

    Args:
        name: ``local`` or ``ray``.
        workers: cells run at a time on this machine, from :func:`count_workers`.

    Returns:
        The launcher.
    """
    if name == "ray":
        return run_on_ray
    return partial(run_on_cores, workers=workers) if workers > 1 else run_here
