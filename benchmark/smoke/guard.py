"""Noticing what a model does beside scoring: files, connections, processes and threads."""

import resource
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from benchmark.smoke.subject import CheckError
from datamodules.tables.dataset import TABLES
from lit_models.loading.submission import shown

SYSTEM = ("/sys/", "/proc/", "/dev/")  # libraries ask there how many cores and how much memory there is
MEMORY_BYTES = 4 * 2**30  # beside what the libraries take

_ADVICE = {
    "open": (
        "opens the file {}",
        "learn from the graph alone: hidden values are in the published tables, and a submission is one file",
    ),
    "socket.connect": ("connects to {}", "work without a network: nothing may be fetched in a run"),
    "subprocess.Popen": ("starts the process {}", "do the work in torch, in this process"),
    "os.fork": ("starts a process {}", "do the work in torch, in this process"),
    "threading.Thread.start": (
        "starts a thread {}",
        "do the work in forward itself: what a thread does later belongs to no split",
    ),
}


class Guard:
    """Watches this process from now on; an audit hook cannot be taken back.

    Args:
        file: the user's file: what its code causes is noted, and what others do is not.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.noted: list[tuple[str, str]] = []
        sys.addaudithook(self._hook)
        start = threading.Thread.start

        def noted_start(thread: threading.Thread) -> None:
            self._hook("threading.Thread.start", (thread.name,))
            start(thread)

        # Python 3.11 has no audit event for it.
        threading.Thread.start = noted_start  # type: ignore[method-assign, assignment]  # in this process alone

    def check(self) -> str:
        """Raise for the first thing that was noted."""
        if self.noted:
            event, what = self.noted[0]
            problem, advice = _ADVICE[event]
            raise CheckError(f"it {problem.format(what)}".rstrip(), advice)
        return "opens no file, no connection, no process, no thread"

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _ADVICE or len(self.noted) > 100:
            return
        what = str(arguments[1 if event == "socket.connect" else 0]) if arguments else ""
        files = [frame.f_code.co_filename for frame in _frames(sys._getframe(1))]
        if self.file not in files:
            return
        above = files[: files.index(self.file)]
        # An import reads files as well; what an imported module does on import is its own affair, but for the
        # published tables.
        imports = any("importlib" in name for name in above) and not Path(what).is_relative_to(TABLES)
        if not imports and not what.endswith(".py") and not what.startswith(SYSTEM):
            self.noted.append((event, shown(what) if event == "open" else what))


def limit_memory() -> None:
    """Let an allocation fail here, in this process, before the machine runs out of memory."""
    with open("/proc/self/statm", encoding="ascii") as pages:
        taken = int(pages.read().split()[0]) * resource.getpagesize()
    limit = taken + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back
