"""Cells in parallel on a Ray cluster."""

from collections.abc import Callable, Iterator
from typing import Any

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
from benchmark.running.ray_cluster import ray_cluster
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError


def run_on_ray(
    plan: RunPlan,
    *,
    progress: RunProgress,  # noqa: ARG001  # cells run in parallel: no bar of epochs
    last_words: Callable[[], str],  # noqa: ARG001  # Ray restarts lost workers
) -> Iterator[tuple[Result, bool]]:
    """Run the cells as Ray tasks of one process each; see :class:`Launcher`.

    A cell whose worker dies is rerun, if necessary on another machine. Workers need the same installation but
    no files: they receive the matrix with the cell and return what is to be written.

    Yields:
        A result, and whether it existed before.
    """
    if plan.hardware.processes > 1:
        raise UserError(
            "--launcher ray runs every cell in one process: omit --devices and --num_nodes, or use "
            "--launcher local"
        )
    with ray_cluster() as ray:
        yield from run_side_by_side(plan, RayWorkers(ray, gpus=int(plan.hardware.accelerator == "gpu")))


class RayWorkers:
    """The workers of a cluster, started and replaced by Ray.

    Args:
        ray: the ``ray`` module, connected to the cluster.
        gpus: number of GPUs per cell.
    """

    def __init__(self, ray: Any, *, gpus: int) -> None:
        self._ray = ray
        self._compute = ray.remote(compute_cell).options(num_cpus=1, num_gpus=gpus, max_retries=ATTEMPTS - 1)
        self._tables: dict[int, Any] = {}
        self._running: dict[Any, CellRun] = {}
        self.count = max(1, int(ray.cluster_resources().get("CPU", 1)))

    def submit(self, ready: CellRun, table: AffinityTable) -> None:
        """Submit a cell; see :class:`Workers`."""
        if id(table) not in self._tables:
            self._tables[id(table)] = self._ray.put(table)  # sent to each machine once, not with every cell
        task = self._compute.remote(task_of(ready), self._tables[id(table)])
        self._running[task] = ready

    def next_outcome(self) -> tuple[CellRun, Outcome]:
        """Wait for any of the submitted cells; see :class:`Workers`."""
        (done, *_), _ = self._ray.wait(list(self._running), num_returns=1)
        ready = self._running.pop(done)
        errors = self._ray.exceptions
        try:
            return ready, self._ray.get(done)
        except errors.RayTaskError as error:  # raised outside the cell's own error handling
            return ready, (ready.failed(str(error)), {})
        except errors.RayError as error:
            return ready, lost(ready, str(error))
