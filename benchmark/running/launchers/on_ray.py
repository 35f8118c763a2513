"""Cells side by side on a Ray cluster; this process alone writes."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmark.progress.run import RunProgress
from benchmark.results.atomic_files import check_writable
from benchmark.results.schema import Result
from benchmark.running.cell import CellRun, RunSettings, Tables
from benchmark.running.launchers.launcher import Work
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError

ATTEMPTS = 4  # at a cell whose worker dies
# Enough to keep every core at work, and few enough to see what a run beside this one has done meanwhile.
QUEUED_PER_CORE = 2


def run_on_ray(
    work: Work,
    *,
    progress: RunProgress,  # noqa: ARG001  # many cells are at work at a time, and none begins
    last_words: Callable[[], str],  # noqa: ARG001  # Ray starts a lost worker again
) -> Iterator[tuple[Result, bool]]:
    """Run the cells as Ray tasks of one process each: see :class:`Launcher`.

    A cell whose worker dies is run again, on another machine if need be. Workers need the same installation
    and no files: they get the matrix with the cell, and return what is to be written.

    Yields:
        A result, and True if it was there before.
    """
    if work.hardware.processes > 1:
        raise UserError(
            "--launcher ray gives every cell one process: leave --devices and --num_nodes out, or use "
            "--launcher local"
        )
    work.tidy()
    with _cluster() as ray:
        compute = ray.remote(_compute).options(
            num_cpus=1,
            num_gpus=int(work.hardware.accelerator == "gpu"),
            max_retries=ATTEMPTS - 1,
        )
        room = QUEUED_PER_CORE * max(1, int(ray.cluster_resources().get("CPU", 1)))
        tables: dict[int, Any] = {}
        running: dict[Any, CellRun] = {}

        def finish_one() -> Result:
            (done, *_), _ = ray.wait(list(running), num_returns=1)
            ready = running.pop(done)
            try:
                result, of_cell = ray.get(done)
            except ray.exceptions.RayTaskError as error:  # raised there, before the cell could fail by itself
                result, of_cell = ready.failed(str(error)), {}
            except ray.exceptions.RayError as error:
                result, of_cell = ready.failed(f"its worker was lost {ATTEMPTS} times: {error}"), {}
            return ready.keep(result, of_cell, work.out, mirror=work.mirror)

        for cell in work.cells:
            ready = work.prepare(cell)
            there = work.result_there(ready)
            if there is not None:
                yield there, True
                continue
            check_writable(cell.path(work.out).parent)
            table = work.table(cell)
            if id(table) not in tables:
                tables[id(table)] = ray.put(table)  # to each machine once, not with every cell
            running[compute.remote(cell, tables[id(table)], work.effort, work.hardware)] = ready
            while len(running) >= room:
                yield finish_one(), False
        while running:
            yield finish_one(), False


def _compute(
    cell: Cell, table: AffinityTable, effort: RunSettings, hardware: Hardware
) -> tuple[Result, Tables]:
    return CellRun(cell, table=table, effort=effort, hardware=hardware).compute()


@contextmanager
def _cluster() -> Iterator[Any]:
    """The cluster of ``RAY_ADDRESS``, or one of this machine's cores, closed to others, for the while."""
    address = os.environ.get("RAY_ADDRESS")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if not address:
        # Ray's way, on any system, to use 127.0.0.1 alone; it is read when Ray is imported.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    try:
        import ray
        import ray.exceptions
    except ModuleNotFoundError as error:
        raise UserError("--launcher ray needs Ray: pip install 'affinity-bench[ray]'") from error
    try:
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except ConnectionError as error:
        raise UserError(f"no Ray cluster answers at RAY_ADDRESS={address}: {error}") from error
    try:
        yield ray
    finally:
        ray.shutdown()
