"""What a measurement shows while it works, and what it says of its repetitions."""

from types import TracebackType

import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from datamodules.measure.campaign import Done


class MeasureProgress:
    """A bar over jobs, and a line for every job that was done now.

    Args:
        console: where to; without a terminal only the lines are printed.
        jobs: how many there are, those done earlier included.
    """

    def __init__(self, *, console: Console, jobs: int) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._bar = self._progress.add_task("networks and transfers", total=jobs)
        self._jobs = jobs
        self._done = 0

    def __enter__(self) -> "MeasureProgress":
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def finish(self, done: Done) -> None:
        """A job has ended, now or in an earlier run."""
        self._done += 1
        self._progress.update(self._bar, completed=self._done)
        if done.seconds is None:
            return
        words = (
            f"network of {done.job.task}" if done.job.kind == "network" else f"transfers onto {done.job.task}"
        )
        self._console.print(
            f"[{self._done}/{self._jobs}] repetition {done.job.repetition}: {words} ({done.seconds:.1f} s)",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def retest_table(agreement: pd.Series) -> Table:
    """How well the seeds agree on each target's sources.

    Args:
        agreement: mean Spearman correlation over pairs of seeds, by target.

    Returns:
        A table for rich, the least certain target first, with the mean at its end.
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
