"""Cells side by side in workers, wherever these are; this process alone writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmark.results.atomic_files import check_writable
from benchmark.results.schema import Result
from benchmark.running.cell import CellRun, RunSettings, Tables
from benchmark.running.launchers.launcher import Work
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from datamodules.affinity_table import AffinityTable
from lit_models.loading.submission import class_word, import_class

ATTEMPTS = 4  # at a cell whose worker dies
# Enough to keep every worker busy, and few enough to see what a run beside this one has done meanwhile.
CELLS_PER_WORKER = 2
ROOT = Path("/")  # what the paths of users' files are relative to

Outcome = tuple[Result, Tables]


class Workers(Protocol):
    """Processes that compute cells, on this machine or on others."""

    @property
    def count(self) -> int:
        """How many cells are computed at a time."""

    def submit(self, ready: CellRun, table: AffinityTable) -> None:
        """Have a cell computed.

        Args:
            ready: the cell.
            table: the matrix that it names; a worker gets each matrix once.
        """

    def next_outcome(self) -> tuple[CellRun, Outcome]:
        """Wait for any of the submitted cells: the cell, and what is to be written of it."""


def run_side_by_side(work: Work, workers: Workers) -> Iterator[tuple[Result, bool]]:
    """Have workers compute the cells, and write what comes back.

    Suites list models from simple to costly, so the cells are begun from the end: a costly cell begun last
    would leave all workers but one idle.

    Args:
        work: what to do.
        workers: who does it.

    Yields:
        A result, and True if it was there before; in the order in which they are ready.
    """

    def keep_next() -> Result:
        ready, (result, tables) = workers.next_outcome()
        return ready.keep(result, tables, work.out, mirror=work.mirror)

    work.tidy()
    submitted = 0
    for cell in reversed(work.cells):
        ready = work.prepare(cell)
        there = work.result_there(ready)
        if there is not None:
            yield there, True
            continue
        check_writable(cell.path(work.out).parent)
        workers.submit(ready, work.table(cell))
        submitted += 1
        if submitted == CELLS_PER_WORKER * workers.count:
            yield keep_next(), False
            submitted -= 1
    for _ in range(submitted):
        yield keep_next(), False


@dataclass(frozen=True, kw_only=True)
class CellTask:
    """What a worker is told of a cell, beside its matrix.

    Attributes:
        cell: the cell.
        class_word: its model's class, as a user would name it: a file that was given is imported there too.
        effort: how much to spend.
        hardware: what to run it on.
    """

    cell: Cell
    class_word: str
    effort: RunSettings
    hardware: Hardware


def task_of(ready: CellRun) -> CellTask:
    """What to tell a worker of a cell."""
    word = class_word(ready.cell.model.class_path, folder=ROOT)
    return CellTask(cell=ready.cell, class_word=word, effort=ready.effort, hardware=ready.hardware)


def compute_cell(task: CellTask, table: AffinityTable) -> Outcome:
    """What a worker does with a cell."""
    import_class(task.class_word, folder=ROOT)
    return CellRun(task.cell, table=table, effort=task.effort, hardware=task.hardware).compute()


def lost(ready: CellRun, reason: str) -> Outcome:
    """The outcome of a cell that no worker survives."""
    return ready.failed(f"its worker was lost {ATTEMPTS} times: {reason}"), {}
