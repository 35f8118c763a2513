"""Asking a worker: starting it, watching its limits, and reading its answer."""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from benchmark.isolation.confine import PROJECT, Limits
from benchmark.isolation.exchange import (
    ERROR_CHARACTERS,
    BadMessageError,
    Message,
    read_message,
    read_regular_file,
    write_message,
)
from benchmark.isolation.watch import taken, watch
from benchmark.results.schema import Mark
from datamodules.errors import UserError

# Of the environment, what the libraries' threads, devices and texts depend on; all else may be a secret.
_KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG",
)  # fmt: skip
_OUTPUT_BYTES, _OUTPUT_CHARACTERS = 2**20, 2_000


class WorkerError(Exception):
    """The worker did not answer, or its answer is no valid one; the message says why."""


class Code(NamedTuple):
    """Where a submission's code lies.

    Attributes:
        word: what to load it by, see :func:`lit_models.registry.load_models`; paths are absolute.
        files: files that are read where they lie.
        package: files of a package or module that is imported by its name; the worker gets copies, beside
            which there is nothing else: neither data nor compiled code.
        root: folder that the package lies in.
    """

    word: str
    files: tuple[Path, ...] = ()
    package: tuple[Path, ...] = ()
    root: Path = Path()


def ask(
    code: Code,
    question: Message,
    *,
    job: str,
    limits: Limits,
    accelerator: bool = False,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Message:
    """Let a new worker answer a question.

    Args:
        code: of the submission.
        question: what the job needs; the ``word`` to load the submission by is added.
        job: what to do, see :func:`benchmark.isolation.jobs.find_job`.
        limits: what the worker may take; ``file_bytes`` bounds its answer.
        accelerator: let it use the machine's accelerators.
        progress: told of the epochs trained so far, and of their largest number.

    Returns:
        The answer.

    Raises:
        UserError: if the submission refuses what it is given.
        WorkerError: if the submission fails, takes too much, or ends early.
    """
    with tempfile.TemporaryDirectory(prefix="affinity-bench-") as name:
        folder, copies = (Path(name).resolve() / part for part in ("work", "code"))
        folder.mkdir()
        for path in code.package:
            copy = copies / path.relative_to(code.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        values = {**question.values, "word": code.word}
        write_message(folder, "question", Message(values, question.arrays))
        order = {
            "job": job,
            "folder": str(folder),
            "readable": [str(path) for path in (*code.files, copies)],
            "search": [str(copies)],
            "limits": limits._asdict(),
            "accelerator": accelerator,
        }
        with _zygote() as zygote:
            ended = zygote.work(order, folder=folder, limits=limits, progress=progress)
        try:
            answer = read_message(folder, "answer", array_bytes=limits.file_bytes)
        except BadMessageError as error:
            said = _last_output(folder)
            raise WorkerError(f"{said}\n{ended}, without {error}".strip()) from error
    if "refusal" in answer.values:
        raise UserError(_printable(str(answer.values["refusal"])))
    if "error" in answer.values:
        raise WorkerError(_printable(str(answer.values["error"])))
    return answer


class Zygote:
    """The process that workers are forked from; one worker at a time.

    Attributes:
        isolates: whether workers are closed off on this system.
    """

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", "benchmark.isolation.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "PYTHONPATH": str(PROJECT)},
            cwd="/",
            text=True,
            start_new_session=True,  # Ctrl-C is this process's to handle
        )
        atexit.register(self.end)
        self.isolates = bool(json.loads(self._line()))

    @property
    def is_alive(self) -> bool:
        """Whether it can start workers."""
        return self._process.poll() is None

    def work(
        self, order: dict[str, Any], *, folder: Path, limits: Limits, progress: Callable[[int, int], None]
    ) -> str:
        """Start a worker and wait for its end, for which it has the limit's time.

        Args:
            order: what the zygote is to do, see :mod:`benchmark.isolation.zygote`.
            folder: the worker's folder.
            limits: what it may take.
            progress: told of its progress.

        Returns:
            How it ended, in words.

        Raises:
            WorkerError: if the zygote itself has ended.
        """
        given, _ = taken(folder)
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        worker = int(self._line())
        ends: list[str] = []
        wait = threading.Thread(target=lambda: ends.append(self._line()), daemon=True)
        wait.start()
        try:
            reason = watch(wait, folder, limits, progress, most=given + 2 * limits.file_bytes)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(worker, signal.SIGKILL)
        wait.join()
        return reason or _how_it_ended(int(ends[0]))

    def end(self) -> None:
        """End it, and its worker with it, and close its pipes."""
        with suppress(BrokenPipeError), self._process:
            self._process.kill()

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise WorkerError("the process that starts workers has ended; what it said is above")
        return line


_of_this_process: list[Zygote] = []
_one_at_a_time = threading.Lock()


def isolates() -> bool:
    """Whether workers can be closed off on this system."""
    with _zygote() as zygote:
        return zygote.isolates


def isolation_mark() -> Mark:
    """What a result says of the workers that made it."""
    return "isolated" if isolates() else "not isolated"


@contextmanager
def _zygote() -> Iterator[Zygote]:
    """The zygote of this process, started on first use and replaced if it has ended."""
    with _one_at_a_time:
        if not (_of_this_process and _of_this_process[0].is_alive):
            _of_this_process[:] = [Zygote()]
        zygote = _of_this_process[0]
        try:
            yield zygote
        except BaseException:  # such as Ctrl-C: what it says next would be taken for another worker's
            zygote.end()
            raise


def _how_it_ended(code: int) -> str:
    return f"it was killed by signal {-code}" if code < 0 else f"it ended with code {code}"


def _printable(text: str) -> str:
    """The end of a text, without characters that would steer a terminal."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text[-ERROR_CHARACTERS:])


def _last_output(folder: Path) -> str:
    """The end of what the worker printed, on lines before its reason."""
    try:
        printed = read_regular_file(folder / "output", _OUTPUT_BYTES).decode(errors="replace").strip()
    except (OSError, ValueError):
        return ""
    return _printable(printed[-_OUTPUT_CHARACTERS:])
