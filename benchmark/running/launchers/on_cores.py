"""Cells in parallel on the cores of this machine: persistent workers with one thread each."""

import multiprocessing
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import connection
from typing import NamedTuple

from benchmark.progress.run import RunProgress
from benchmark.results.schema import Result
from benchmark.running.cell import CellRun
from benchmark.running.launchers.run_plan import RunPlan
from benchmark.running.launchers.side_by_side import (
    ATTEMPTS,
    Outcome,
    compute_cell,
    lost,
    run_side_by_side,
    task_of,
)
from benchmark.running.processes import check_hardware, how_it_ended
from benchmark.running.suite import Cell
from datamodules.affinity_table import AffinityTable
from datamodules.worker_pool import become_worker


def run_on_cores(
    plan: RunPlan,
    *,
    progress: RunProgress,
    last_words: Callable[[], str],  # noqa: ARG001  # a lost worker is replaced
    workers: int,
) -> Iterator[tuple[Result, bool]]:
    """Run the cells in worker processes on this machine; see :class:`Launcher`.

    A cell whose worker dies is rerun in a new worker.

    Args:
        plan: the cells and how to run them.
        progress: is told of the parts of a cell that runs in several.
        last_words: not used.
        workers: number of worker processes.

    Yields:
        A result, and whether it existed before.
    """
    check_hardware(plan.hardware)
    crew = Crew(workers, part_begins=progress.begin_part)
    try:
        yield from run_side_by_side(plan, crew)
    finally:
        crew.end()


@dataclass
class Job:
    """A cell, its matrix, and the number of times its worker has died."""

    ready: CellRun
    table: AffinityTable
    losses: int = 0


class Part(NamedTuple):
    """A worker's message that a part of its cell begins, and how many parts there are."""

    number: int
    of: int


class Crew:
    """Workers on this machine, each computing one cell at a time; started on demand.

    Args:
        count: maximum number of workers.
        part_begins: called with a cell, the number of a part that begins, and the number of its parts.
    """

    def __init__(self, count: int, *, part_begins: Callable[[Cell, int, int], None]) -> None:
        self.count = count
        self._part_begins = part_begins
        self._waiting: deque[Job] = deque()
        self._busy: dict[connection.Connection, tuple[Worker, Job]] = {}
        self._idle: list[Worker] = []

    def submit(self, ready: CellRun, table: AffinityTable) -> None:
        """Submit a cell; see :class:`Workers`."""
        self._waiting.append(Job(ready, table))
        self._hand_out()

    def next_outcome(self) -> tuple[CellRun, Outcome]:
        """Wait for any of the submitted cells; see :class:`Workers`."""
        while True:
            line = connection.wait(list(self._busy))[0]
            worker, job = self._busy.pop(line)  # type: ignore[call-overload]  # one of those waited for
            outcome = self._outcome(worker, job)
            if isinstance(outcome, Part):
                self._busy[worker.line] = (worker, job)
                self._part_begins(job.ready.cell, outcome.number, outcome.of)
                continue
            self._hand_out()  # first, so that no worker is idle while the outcome is processed
            if outcome is not None:
                return job.ready, outcome

    def end(self) -> None:
        """Kill all workers."""
        for worker in [*self._idle, *(worker for worker, _ in self._busy.values())]:
            worker.end()

    def _outcome(self, worker: "Worker", job: Job) -> Outcome | Part | None:
        """The outcome of a worker's cell; None if the worker has died and the cell will be rerun."""
        try:
            answer = worker.line.recv()
        except (EOFError, OSError):
            job.losses += 1
            reason = worker.end()
            if job.losses == ATTEMPTS:
                return lost(job.ready, reason)
            self._waiting.append(job)
            return None
        if isinstance(answer, Part):
            return answer
        self._idle.append(worker)
        return (job.ready.failed(answer), {}) if isinstance(answer, str) else answer

    def _hand_out(self) -> None:
        while self._waiting and len(self._busy) < self.count:
            worker = self._idle.pop() if self._idle else Worker()
            try:
                worker.start(self._waiting[0])
            except OSError:  # it died while idle, so no cell is to blame
                worker.end()
                continue
            self._busy[worker.line] = (worker, self._waiting.popleft())


class Worker:
    """A process that computes one cell after another."""

    def __init__(self) -> None:
        # A fork server imports torch once, so that new workers start at once. Unlike this process, it has no
        # threads whose locks a fork could inherit.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,))
        self._process.start()
        theirs.close()  # so that the pipe closes when the worker ends
        self._table: AffinityTable | None = None

    def start(self, job: Job) -> None:
        """Send a cell, and its matrix unless the worker has it from the previous cell.

        Raises:
            OSError: if the worker has died.
        """
        table = None if job.table is self._table else job.table
        self.line.send((task_of(job.ready), table))
        self._table = job.table

    def end(self) -> str:
        """Kill the process if it is still running; returns a description of how it ended."""
        self._process.kill()
        self._process.join()
        self.line.close()
        return how_it_ended(self._process.exitcode or 0)


def _serve(line: connection.Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent ends this one
    become_worker()
    table: AffinityTable
    while True:
        task, new_table = line.recv()
        if new_table is not None:
            table = new_table
        try:
            answer: Outcome | str = compute_cell(
                task, table, part_begins=lambda number, count: line.send(Part(number, count))
            )
        except Exception:  # raised outside the cell's own error handling
            answer = traceback.format_exc()
        line.send(answer)
