"""Cells one after another in this process; in a distributed run, each cell's splits are distributed."""

from collections.abc import Callable, Iterator
from functools import partial

from benchmark.progress.run import RunProgress
from benchmark.results.atomic_files import check_writable
from benchmark.results.schema import Result
from benchmark.running.agreement import check_same_cell, check_same_run
from benchmark.running.cell import CellRun
from benchmark.running.distributed import LostProcessError, from_rank_zero
from benchmark.running.launchers.run_plan import RunPlan
from benchmark.running.processes import Processes


def run_here(
    plan: RunPlan, *, progress: RunProgress, last_words: Callable[[], str]
) -> Iterator[tuple[Result, bool]]:
    """Run the cells in this process and the others of a distributed run; see :class:`Launcher`.

    Yields:
        A result, and whether it existed before.
    """
    processes = Processes(plan.hardware, last_words=last_words)

    def look(ready: CellRun) -> Result | None:
        result = plan.result_there(ready)
        if result is None:
            check_writable(ready.cell.path(plan.out).parent)
        return result

    try:
        check_same_run(plan.cells, plan.effort)
        from_rank_zero(plan.tidy)
        for cell in plan.cells:
            ready = plan.prepare(cell)
            check_same_cell(ready)
            # Only rank zero looks: a concurrent run may be writing the result, and processes must agree.
            result = from_rank_zero(partial(look, ready))
            if result is not None:
                yield result, True
                continue
            progress.begin(cell)
            result = ready.execute(
                plan.out,
                callbacks=[progress],
                part_begins=partial(progress.begin_part, cell),
                processes=processes,
                mirror=plan.mirror,
            )
            yield result, False
    except LostProcessError as lost:
        processes.end(lost)
