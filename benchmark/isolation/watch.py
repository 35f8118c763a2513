"""Watching a worker from outside: its time, what it writes, and how far it is."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmark.isolation.confine import Limits
from benchmark.isolation.exchange import read_regular_file

_POLL_SECONDS = 0.1
_FILES = 1_000  # that a worker may write
_PROGRESS_BYTES = 100


def watch(
    wait: threading.Thread,
    folder: Path,
    limits: Limits,
    progress: Callable[[int, int], None],
    *,
    most: int,
) -> str:
    """Wait for a worker's end, or until it takes too much.

    Args:
        wait: ends with the worker.
        folder: the worker's folder.
        limits: what it may take.
        progress: told of the epochs trained so far, and of their largest number.
        most: bytes that may be in the folder.

    Returns:
        Why the worker has to be stopped; "" if it has ended.
    """
    deadline = time.monotonic() + limits.seconds
    while wait.is_alive():
        if time.monotonic() > deadline:
            return f"it did not end within {limits.seconds:g} s and was stopped"
        size, files = taken(folder)
        if size > most or files > _FILES:
            return f"it wrote {size:,} bytes in {files:,} files and was stopped"
        with suppress(OSError, ValueError):
            done, total = read_regular_file(folder / "progress", _PROGRESS_BYTES).split()
            progress(int(done), int(total))
        wait.join(_POLL_SECONDS)
    return ""


def taken(folder: Path) -> tuple[int, int]:
    """Bytes and number of the files in a folder."""
    sizes = []
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                sizes.append(os.lstat(os.path.join(place, name)).st_size)
        if len(sizes) > _FILES:
            break
    return sum(sizes), len(sizes)
