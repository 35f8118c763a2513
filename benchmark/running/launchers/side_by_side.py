"""Cells in parallel in workers, on this machine or others; only this process writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from benchmark.results.atomic_files import StorageError, check_writable
from benchmark.results.schema import Result
from benchmark.running.agreement import how_it_differs
from benchmark.running.cell import CellRun, RunSettings, Tables
from benchmark.running.launchers.run_plan import RunPlan
from benchmark.running.memory.plan import MemoryPlan
from benchmark.running.predict import PartBegins
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from datamodules.affinity_table import AffinityTable

ATTEMPTS = 4  # for a cell whose worker dies
# Enough to keep all workers busy, and few enough to notice results of a concurrent run.
CELLS_PER_WORKER = 2

Outcome = tuple[Result, Tables]


class Workers(Protocol):
    """Processes that compute cells, on this machine or on others."""

    @property
    def count(self) -> int:
        """Number of cells computed in parallel."""

    def submit(self, ready: CellRun, table: AffinityTable) -> None:
        """Submit a cell for computation.

        Args:
            ready: the cell.
            table: the cell's matrix.
        """

    def next_outcome(self) -> tuple[CellRun, Outcome]:
        """Wait for any of the submitted cells; returns the cell, its result and its tables."""


def run_side_by_side(plan: RunPlan, workers: Workers) -> Iterator[tuple[Result, bool]]:
    """Compute the cells in workers, and write the results.

    Suites list models from cheap to costly, so the cells are started in reverse order: a costly cell started
    last would leave all workers but one idle.

    Args:
        plan: the cells and how to run them.
        workers: the workers.

    Yields:
        A result, and whether it existed before, in order of completion.

    Raises:
        StorageError: if a folder does not take files.
    """

    def keep_next() -> Result:
        ready, (result, tables) = workers.next_outcome()
        difference = how_it_differs(result, ready)
        if difference:  # code, options or versions of two installations are never mixed in one run
            result, tables = ready.failed(difference), {}
        return ready.keep(result, tables, plan.out, mirror=plan.mirror)

    plan.tidy()
    submitted = 0
    unwritable: StorageError | None = None
    for cell in reversed(plan.cells):
        ready = plan.prepare(cell)
        there = plan.result_there(ready)
        if there is not None:
            yield there, True
            continue
        if unwritable is None:
            try:
                check_writable(cell.path(plan.out).parent)
            except StorageError as error:
                unwritable = error  # raised at the end, so that what is finished already is counted first
        if unwritable:
            continue
        workers.submit(ready, plan.table(cell))
        submitted += 1
        if submitted == CELLS_PER_WORKER * workers.count:
            yield keep_next(), False
            submitted -= 1
    if unwritable:
        raise unwritable
    for _ in range(submitted):
        yield keep_next(), False


@dataclass(frozen=True, kw_only=True)
class CellTask:
    """Description of a cell for a worker, without its matrix.

    Attributes:
        cell: the cell.
        effort: settings of the run.
        hardware: hardware to run on.
        memory: the parts in which it runs, if they have been planned already.
    """

    cell: Cell
    effort: RunSettings
    hardware: Hardware
    memory: MemoryPlan | None


def task_of(ready: CellRun) -> CellTask:
    """Describe a cell for a worker."""
    return CellTask(
        cell=ready.cell,
        effort=ready.effort,
        hardware=ready.hardware,
        memory=ready.memory,
    )


def compute_cell(task: CellTask, table: AffinityTable, *, part_begins: PartBegins | None = None) -> Outcome:
    """Compute a cell; runs in a worker."""
    ready = CellRun(task.cell, table=table, effort=task.effort, hardware=task.hardware, memory=task.memory)
    return ready.compute(part_begins=part_begins)


def lost(ready: CellRun, reason: str) -> Outcome:
    """The outcome of a cell whose workers have all died."""
    return ready.failed(f"its worker was lost {ATTEMPTS} times: {reason}"), {}
