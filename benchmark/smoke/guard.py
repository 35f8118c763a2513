"""Noticing what a model does beside scoring: files, connections, processes and threads."""

import resource
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from benchmark.smoke.report import CheckError
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
    """Watches this process between entering and leaving.

    Args:
        file: the user's file: what its code causes is noted, and what others do is not.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.noted: list[tuple[str, str]] = []
        self._outside: FrameType | None = None  # may be in the user's file, which calls for the checks

    def __enter__(self) -> Self:
        _listen()
        self._outside = sys._getframe(1)
        _on_watch.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _on_watch.remove(self)
        self._outside = None

    def check(self) -> str:
        """Raise for the first thing that was noted."""
        if self.noted:
            event, what = self.noted[0]
            problem, advice = _ADVICE[event]
            raise CheckError(f"it {problem.format(what)}".rstrip(), advice)
        return "opens no file, no connection, no process, no thread"

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Keep what the user's code does that it should not."""
        if len(self.noted) > 100:
            return
        what = str(arguments[1 if event == "socket.connect" else 0]) if arguments else ""
        files = [frame.f_code.co_filename for frame in _frames(sys._getframe(2), self._outside)]
        if self.file not in files:
            return
        above = files[: files.index(self.file)]
        # An import reads files as well; what an imported module does on import is its own affair, but for the
        # published tables.
        imports = any("importlib" in name for name in above) and not Path(what).is_relative_to(TABLES)
        if not imports and not what.endswith(".py") and not what.startswith(SYSTEM):
            self.noted.append((event, shown(what) if event == "open" else what))


_on_watch: list[Guard] = []


@cache
def _listen() -> None:
    """Hear of events from now on, once a process: an audit hook cannot be taken back."""
    sys.addaudithook(_tell)
    start = threading.Thread.start

    def told_start(thread: threading.Thread) -> None:
        _tell("threading.Thread.start", (thread.name,))
        start(thread)

    # Python 3.11 has no audit event for it.
    threading.Thread.start = told_start  # type: ignore[method-assign, assignment]  # does what it did before


def _tell(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _ADVICE:
        for guard in _on_watch:
            guard.note(event, arguments)


def limit_memory() -> None:
    """Let an allocation fail here, in this process, before the machine runs out of memory."""
    with open("/proc/self/statm", encoding="ascii") as pages:
        taken = int(pages.read().split()[0]) * resource.getpagesize()
    limit = taken + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _frames(frame: FrameType | None, outside: FrameType | None) -> Iterator[FrameType]:
    while frame and frame is not outside:
        yield frame
        frame = frame.f_back
