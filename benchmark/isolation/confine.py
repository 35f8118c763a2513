"""Closing this process: files, connections, other processes, privileges, and how much it may take."""

import ctypes
import os
import site
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmark.isolation import landlock, seccomp

# What Python and the libraries read beside their own files: the number of cores, the memory, the time zone.
_SYSTEM = (
    "/usr", "/lib", "/lib64", "/sys", "/etc/ld.so.cache", "/etc/localtime", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/stat", "/proc/filesystems", "/proc/sys", "/proc/driver", "/dev/zero", "/dev/random",
    "/dev/urandom",
)  # fmt: skip
_CAPABILITIES_VERSION = 0x20080522
PROJECT = Path(__file__).resolve().parents[2]
# Packages whose code a submission may use. The tables lie in one of them and are left out.
CODE = ("datamodules", "lit_models", "benchmark", "recovery")
TABLES = PROJECT / "datamodules" / "tables"


class Limits(NamedTuple):
    """What a worker may take.

    Attributes:
        seconds: from its start to its end.
        memory_bytes: address space, in addition to what the libraries take; None for no limit, as drivers of
            accelerators reserve far more than they use.
        file_bytes: size of any file, and of all files together.
    """

    seconds: float
    memory_bytes: int | None
    file_bytes: int


def confine(folder: Path, *, readable: Sequence[Path], limits: Limits, accelerator: bool) -> bool:
    """Close this process for good; it must have one thread only.

    Args:
        folder: working folder, the only place that stays writable.
        readable: files that may be read in addition to Python's and the libraries'.
        limits: what it may take.
        accelerator: allow what the drivers of accelerators need: their devices, and sockets on this machine.

    Returns:
        Whether both files and connections are closed; False where the system does not offer that.
    """
    _limit(limits)
    devices = [Path("/dev/null"), *(sorted(Path("/dev").glob("nvidia*")) if accelerator else [])]
    open_paths = [*library_files(), Path(f"/proc/{os.getpid()}"), *readable]
    # Python lists the folder of a package before it imports it.
    files = landlock.close_files(readable=open_paths, writable=[folder, *devices], listable=[TABLES])
    _drop_privileges()
    return seccomp.close_calls(unix_sockets=accelerator) and files


def library_files() -> Iterator[Path]:
    """Files and folders of Python, the libraries and this project's code, without the tables and results."""
    data = [path for path in TABLES.rglob("*") if path.is_file() and path.suffix != ".py"]
    hidden = [*data, PROJECT / "leaderboard", PROJECT / ".git"]
    roots = [
        Path(sys.prefix),
        Path(sys.base_prefix),
        *map(Path, _SYSTEM),
        *(PROJECT / name for name in CODE),
    ]
    if site.ENABLE_USER_SITE:
        roots.append(Path(site.getusersitepackages()))
    for root in dict.fromkeys(path.resolve() for path in roots):
        yield from _without(root, hidden)


def _without(root: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    """A folder, or as much of its content as leaves the hidden paths out."""
    inside = [path for path in hidden if path.is_relative_to(root)]
    if not inside:
        yield root
    elif root not in inside and root.is_dir():
        for child in root.iterdir():
            yield from _without(child, inside)


def _limit(limits: Limits) -> None:
    import resource  # not on Windows, where no worker is started

    if limits.memory_bytes is not None and sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as pages:
            taken = int(pages.read().split()[0]) * resource.getpagesize()
        most = taken + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _drop_privileges() -> None:
    """Give up what root may do, such as reading the memory of other processes."""
    if sys.platform != "linux":
        return
    header = struct.pack("Ii", _CAPABILITIES_VERSION, 0)
    ctypes.CDLL(None).capset(header, struct.pack("6I", *([0] * 6)))
