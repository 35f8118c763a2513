"""Processes of a distributed run on one machine, which nobody outside the machine can connect to."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import torch.distributed as dist
from lightning_fabric.strategies.ddp import DDPStrategy

# Path of the file by which the processes find one another; set by the first of them for those that it starts.
MEETING_PLACE = "AFFINITY_BENCH_MEETING_PLACE"


class OneMachine(DDPStrategy):
    """Distributed data parallelism without an open port.

    torch's default store listens on every network interface. Here the processes meet in a file, and talk over
    the loopback interface.
    """

    def __init__(self) -> None:
        super().__init__()
        interface = "lo0" if sys.platform == "darwin" else "lo"
        for library in ("GLOO", "NCCL"):
            os.environ.setdefault(f"{library}_SOCKET_IFNAME", interface)
        if MEETING_PLACE not in os.environ:
            folder = tempfile.mkdtemp(prefix="affinity-bench-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            os.environ[MEETING_PLACE] = str(Path(folder) / "processes")

    def _setup_distributed(self) -> None:
        self._set_world_ranks()
        backend = self._get_process_group_backend()
        dist.init_process_group(
            backend,
            store=dist.FileStore(os.environ[MEETING_PLACE], self.world_size),  # type: ignore[attr-defined]  # a stub lacks it
            rank=self.global_rank,
            world_size=self.world_size,
            device_id=None if self.root_device.type == "cpu" else self.root_device,
        )
