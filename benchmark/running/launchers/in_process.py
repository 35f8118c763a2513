"""Cells one after another in this process; the splits of each are shared out if it is one of several."""

from collections.abc import Callable, Iterator
from functools import partial

from benchmark.progress.run import RunProgress
from benchmark.results.atomic_files import check_writable
from benchmark.results.schema import Result
from benchmark.running.cell import CellRun
from benchmark.running.distributed import LostProcessError, from_rank_zero
from benchmark.running.launchers.launcher import Work
from benchmark.running.processes import Processes


def run_here(
    work: Work, *, progress: RunProgress, last_words: Callable[[], str]
) -> Iterator[tuple[Result, bool]]:
    """Run the cells in this process and those beside it: see :class:`Launcher`.

    Yields:
        A result, and True if it was there before.
    """
    processes = Processes(work.hardware, last_words=last_words)

    def look(ready: CellRun) -> Result | None:
        result = work.result_there(ready)
        if result is None:
            check_writable(ready.cell.path(work.out).parent)
        return result

    try:
        from_rank_zero(work.tidy)
        for cell in work.cells:
            ready = work.prepare(cell)
            # Asked of rank zero alone: a run beside this one may be writing the answer.
            result = from_rank_zero(partial(look, ready))
            if result is not None:
                yield result, True
                continue
            progress.begin(cell)
            result = ready.execute(work.out, callbacks=[progress], processes=processes, mirror=work.mirror)
            yield result, False
    except LostProcessError as lost:
        processes.end(lost)
