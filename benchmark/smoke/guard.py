"""Detection of a model's side effects: files, connections, processes and threads."""

import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from benchmark.smoke.report import CheckError
from datamodules.shown_path import shown_path
from datamodules.tables.dataset import TABLES

SYSTEM = ("/sys/", "/proc/", "/dev/")  # libraries read the numbers of cores and the memory there
MEMORY_BYTES = 4 * 2**30  # in addition to what the libraries take

_ADVICE = {
    "open": (
        "opens the file {}",
        "learn from the graph only: hidden values are in the published tables, and a submission is one file",
    ),
    "socket.connect": ("connects to {}", "work without a network: nothing may be downloaded in a run"),
    "subprocess.Popen": ("starts the process {}", "do the work in torch, in this process"),
    "os.fork": ("starts a process {}", "do the work in torch, in this process"),
    "threading.Thread.start": (
        "starts a thread {}",
        "do the work in forward itself: what a thread does later belongs to no split",
    ),
}


class Guard:
    """Context manager that records side effects in this process.

    Args:
        file: the user's file: only side effects caused by its code are recorded.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.noted: list[tuple[str, str]] = []
        self._outside: FrameType | None = None  # may be in the user's file, which started the checks

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
        """Raise for the first recorded side effect."""
        if self.noted:
            event, what = self.noted[0]
            problem, advice = _ADVICE[event]
            raise CheckError(f"it {problem.format(what)}".rstrip(), advice)
        return "opens no file, no connection, no process, no thread"

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Record a side effect, if the user's code caused it."""
        if len(self.noted) > 100:
            return
        what = str(arguments[1 if event == "socket.connect" else 0]) if arguments else ""
        files = [frame.f_code.co_filename for frame in _frames(sys._getframe(2), self._outside)]
        if self.file not in files:
            return
        above = files[: files.index(self.file)]
        # Imports read files too, which is allowed, except for the published tables.
        imports = any("importlib" in name for name in above) and not Path(what).is_relative_to(TABLES)
        if not imports and not what.endswith(".py") and not what.startswith(SYSTEM):
            self.noted.append((event, shown_path(what) if event == "open" else what))


_on_watch: list[Guard] = []


@cache
def _listen() -> None:
    """Install the hooks, once per process: an audit hook cannot be removed."""
    # Bound here, as the names of a module are gone when the interpreter ends, and events still come then.
    guards, events = _on_watch, frozenset(_ADVICE)

    def tell(event: str, arguments: tuple[Any, ...]) -> None:
        if event in events:
            for guard in guards:
                guard.note(event, arguments)

    sys.addaudithook(tell)
    start = threading.Thread.start

    def told_start(thread: threading.Thread) -> None:
        tell("threading.Thread.start", (thread.name,))
        start(thread)

    # Python 3.11 has no audit event for it.
    threading.Thread.start = told_start  # type: ignore[method-assign, assignment]  # does what it did before


def file_of(word: str) -> str:
    """The user's file, as far as the word for a model tells before the model is loaded."""
    return str(Path(word.rpartition(":")[0]).resolve()) if ":" in word else sys.executable


def limit_memory() -> None:
    """Limit this process's memory, so that an allocation fails before the machine runs out of memory."""
    import resource  # not on Windows, where nothing is checked in a process of its own

    with open("/proc/self/statm", encoding="ascii") as pages:
        taken = int(pages.read().split()[0]) * resource.getpagesize()
    limit = taken + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _frames(frame: FrameType | None, outside: FrameType | None) -> Iterator[FrameType]:
    while frame and frame is not outside:
        yield frame
        frame = frame.f_back
