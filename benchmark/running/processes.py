"""The processes of a distributed run: starting them, and ending all if one is lost."""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from subprocess import Popen
from typing import NoReturn

import torch.distributed as dist
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning_fabric.plugins.environments.slurm import SLURMEnvironment
from lightning_fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from lightning_fabric.utilities.exceptions import MisconfigurationException

from benchmark.running.distributed import LostProcessError, is_rank_zero
from benchmark.running.interrupt import is_stopping
from benchmark.running.loopback import OneMachine
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError

POLL_SECONDS = 0.5
AGREE_WITHIN = timedelta(seconds=20)


class Processes:
    """The processes of a distributed run, on one machine or several.

    They are started by Lightning (``devices`` on one machine), torchrun or SLURM. The process group is set up
    here, before the first cell, so that rank zero can broadcast its decisions from the start.

    Args:
        hardware: number and kind of devices.
        last_words: makes the message to print, after the reason, if the run ends early.

    Raises:
        UserError: if the hardware is not available, or a launcher has started another number of processes.
    """

    def __init__(self, hardware: Hardware, *, last_words: Callable[[], str]) -> None:
        self._last_words = last_words
        self._control: dist.ProcessGroup | None = None
        fabric = check_hardware(hardware)
        if hardware.processes == 1:
            if not is_rank_zero():
                raise UserError(
                    "RANK, LOCAL_RANK or SLURM_PROCID says that this is not the first process of a run, and "
                    "only the first one writes; but --devices × --num_nodes is 1: unset the variable, or "
                    "give the number of processes"
                )
            return
        parent = os.getppid()
        fabric.launch()
        self._control = dist.new_group(backend="gloo", timeout=AGREE_WITHIN)
        by_lightning = getattr(fabric.strategy.launcher, "procs", [])
        started = list(by_lightning)
        by_lightning.clear()  # Lightning watches this list, and would kill every process silently
        is_child = int(os.environ.get("LOCAL_RANK", "0")) > 0
        if started:
            _in_background(self._end_with_first_of, started)
        elif is_child or TorchElasticEnvironment.detect():
            _in_background(_end_with_parent, parent)  # SLURM ends its processes itself

    def all_failed(self) -> bool:
        """Whether all processes have failed, as with a broken model, rather than this one alone.

        Returns:
            True in a run of one process.
        """
        if self._control is None:
            return True
        try:
            dist.monitored_barrier(self._control, timeout=AGREE_WITHIN)
        except RuntimeError:
            return False
        return True

    def _end_with_first_of(self, started: Sequence["Popen[bytes]"]) -> None:
        stopped: set[int] = set()
        while True:
            for rank, process in enumerate(started, start=1):
                if _is_stopped(process.pid) and rank not in stopped:
                    stopped.add(rank)
                    print(
                        f"affinity-bench: process {rank} of this run is stopped, and the others wait for it: "
                        f"kill -CONT {process.pid} lets it go on, Ctrl-C ends the run",
                        file=sys.stderr,
                        flush=True,
                    )
                if process.poll():
                    if is_stopping.wait(POLL_SECONDS):
                        return  # Ctrl-C reached all of them
                    self._end_now(f"process {rank} of this run {how_it_ended(process.returncode)}")
            time.sleep(POLL_SECONDS)

    def end(self, lost: LostProcessError) -> NoReturn:
        """Print the reason and end this process, after waiting for a more specific reason."""
        time.sleep(2 * POLL_SECONDS)
        self._end_now(str(lost))

    def _end_now(self, reason: str) -> NoReturn:
        """End without cleanup, which a process that waits for a lost one would never reach."""
        words = f" {self._last_words()}" if is_rank_zero() else ""
        print(f"affinity-bench: {reason}.{words}", file=sys.stderr, flush=True)
        os._exit(1)


def check_hardware(hardware: Hardware) -> Fabric:
    """Check that the requested hardware is available.

    Args:
        hardware: number and kind of devices.

    Returns:
        The Fabric that launches the processes.

    Raises:
        UserError: if the hardware is not available, or torchrun or SLURM has started another number of
            processes.
    """
    environment = _environment()
    if environment is not None and environment.world_size() != hardware.processes:
        raise UserError(
            f"{environment.world_size()} processes were started, but --devices × --num_nodes is "
            f"{hardware.devices} × {hardware.num_nodes}: set --devices to the processes per node and "
            "--num_nodes to the nodes."
        )
    try:
        return Fabric(
            accelerator=hardware.accelerator,
            devices=hardware.devices,
            num_nodes=hardware.num_nodes,
            strategy=_strategy(hardware, environment),
        )
    except (MisconfigurationException, ValueError, RuntimeError) as error:
        raise UserError(f"accelerator {hardware.accelerator}, {hardware.devices} devices: {error}") from error


def _environment() -> ClusterEnvironment | None:
    """The launcher (torchrun or SLURM) that started this process; None if there is none."""
    for kind in (TorchElasticEnvironment, SLURMEnvironment):
        if kind.detect():
            return kind()
    return None


def _strategy(hardware: Hardware, environment: ClusterEnvironment | None) -> str | OneMachine:
    if hardware.processes == 1:
        return "auto"
    return OneMachine() if hardware.num_nodes == 1 and environment is None else "ddp"


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)


def _is_stopped(process: int) -> bool:
    """Whether a process was stopped by a signal; False where the system does not say."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] == "T"


def _in_background(task: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=task, args=arguments, daemon=True).start()


def how_it_ended(code: int) -> str:
    """Describe the exit code of a process."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}; its reason is above"
