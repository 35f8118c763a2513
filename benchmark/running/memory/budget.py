"""How much memory a cell may take: the user's figure, or a share of what the machine has."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch

from datamodules.errors import UserError
from datamodules.worker_pool import available_cores

# Of the memory of the machine, or of the GPU, when the user gives no figure: others use it too.
DEFAULT_SHARE = 0.75
# Limits of a container (control groups, version 2 and 1); a machine without them has neither file.
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_UNITS = {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40, "mb": 10**6, "gb": 10**9, "tb": 10**12}


@dataclass(frozen=True, kw_only=True)
class MemoryBudget:
    """Memory for all cells that run at a time on one machine, or on one GPU.

    Attributes:
        total_bytes: for all of them; None for :data:`DEFAULT_SHARE` of what the machine has.
        cells: how many run at a time; None for one per core.
    """

    total_bytes: int | None = None
    cells: int | None = 1

    @classmethod
    def of(cls, text: str) -> Self:
        """Read the user's figure, see :func:`parse_memory`; the default if it is empty."""
        return cls(total_bytes=parse_memory(text) if text else None)

    def cell_bytes(self, *, accelerator: str) -> int:
        """Bytes for one cell on this machine.

        Args:
            accelerator: Lightning's name; memory of the first GPU unless it is ``cpu``.
        """
        total = self.total_bytes
        if total is None:
            on_gpu = accelerator != "cpu" and torch.cuda.is_available()
            has = torch.cuda.get_device_properties(0).total_memory if on_gpu else machine_bytes()
            total = int(DEFAULT_SHARE * has)
        return total // (self.cells or available_cores())


def machine_bytes() -> int:
    """Memory of this machine, or the limit of the container that this process runs in."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [path.read_text().strip() for path in _CONTAINER_LIMITS if path.is_file()]
    return min([physical, *(int(limit) for limit in limits if limit.isdigit())])


def parse_memory(text: str) -> int:
    """Read an amount of memory.

    Args:
        text: a number and a unit: KiB, MiB, GiB, TiB, or MB, GB, TB.

    Returns:
        Bytes.

    Raises:
        UserError: if it is not one.

    >>> parse_memory("4GiB"), parse_memory("1.5 gb")
    (4294967296, 1500000000)
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", text.lower())
    if match is None or match[2] not in _UNITS or not float(match[1]):
        raise UserError(
            f"memory '{text}' is not an amount of memory: give a number above 0 and a unit (KiB, MiB, GiB, "
            "TiB, MB, GB or TB), for example 4GiB"
        )
    return int(float(match[1]) * _UNITS[match[2]])


def in_words(amount_bytes: float) -> str:
    """An amount of memory as a user would write it.

    >>> in_words(6.5 * 2**30), in_words(300_000)
    ('6.5 GiB', '293 KiB')
    """
    for unit in ("TiB", "GiB"):
        if amount_bytes >= _UNITS[unit.lower()]:
            return f"{amount_bytes / _UNITS[unit.lower()]:.1f} {unit}"
    unit = "MiB" if amount_bytes >= 2**20 else "KiB"
    return f"{amount_bytes / _UNITS[unit.lower()]:.0f} {unit}"
