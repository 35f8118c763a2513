"""Cells one after the other, here; the splits of each are shared out among the processes of the run."""

from collections.abc import Callable, Iterator
from functools import partial

from benchmark.distributed import LostProcessError, from_rank_zero
from benchmark.launchers.work import Work
from benchmark.processes import Processes
from benchmark.progress import RunProgress
from benchmark.results import Result
from benchmark.runner import CellRun
from benchmark.storage import check_writable


def run_here(
    work: Work, *, progress: RunProgress, last_words: Callable[[], str]
) -> Iterator[tuple[Result, bool]]:
    """Run the cells in this process and those beside it: see :class:`benchmark.launchers.work.Launcher`.

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
