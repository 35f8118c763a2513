"""Progress display of a measurement, and the table of its retest reliability."""

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from benchmark.progress.counted import CountedProgress
from measurement.campaign import Done
from measurement.jobs import Kind

WORDS: dict[Kind, str] = {
    "network": "network of {}",
    "transfers": "transfers onto {}",
    "task2vec": "Task2Vec of {}",
    "representation": "similarity of {} encoders",
}


class MeasureProgress(CountedProgress):
    """A bar over jobs, and one line per job finished in this run.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        jobs: number of jobs, including those finished earlier.
    """

    def __init__(self, *, console: Console, jobs: int) -> None:
        super().__init__(console=console, pieces="networks, transfers and embeddings", total=jobs)
        self._done = 0

    def finish(self, done: Done) -> None:
        """Record a job that has finished, in this run or an earlier one."""
        self._done += 1
        job = done.job
        what = WORDS[job.kind].format(job.task)
        words = (
            None if done.seconds is None else f"repetition {job.repetition}: {what} ({done.seconds:.1f} s)"
        )
        self._count(self._done, words, was_there=done.seconds is None)


def retest_table(agreement: pd.Series) -> Table:
    """Table of the agreement between seeds on each target's sources.

    Args:
        agreement: mean Spearman correlation over pairs of seeds, by target.

    Returns:
        A rich table, the least reliable target first, with the mean in the last row.
    """
    table = Table(
        title="Spearman between seeds", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("target")
    table.add_column("retest", justify="right")
    for target, value in agreement.sort_values().items():
        table.add_row(str(target), f"{value:.3f}")
    table.add_section()
    table.add_row("mean", f"{agreement.mean():.3f}")
    return table
