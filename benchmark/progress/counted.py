"""A progress bar with the time left, and one line per finished item."""

from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from benchmark.reporting.console import say


class CountedProgress:
    """Base class of progress displays; a context manager that shows the bar while entered.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        pieces: name of the items counted.
        total: number of items.
    """

    def __init__(self, *, console: Console, pieces: str, total: int) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TimeLeftColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._pieces = self._progress.add_task(pieces, total=total, worked_on=0)
        self._worked_on = 0
        self._total = total

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def _seconds_left(self) -> int | None:
        """Estimate of the time that the remaining items take, in seconds; None before the first is done."""
        return _seconds_left(self._progress.tasks[0])

    def _count(self, done: int, words: str | None, *, was_there: bool = False) -> None:
        """Set the number of finished items, and print a line if ``words`` is given."""
        self._worked_on += not was_there
        self._progress.update(self._pieces, completed=done, worked_on=self._worked_on)
        if words is not None:
            say(self._console, f"[{done}/{self._total}] {words}")


def _seconds_left(task: Task) -> int | None:
    """Judged by the items that were worked on; None before the first."""
    worked_on = task.fields.get("worked_on")
    if not worked_on or task.elapsed is None or task.remaining is None:
        return None
    return int(task.elapsed / worked_on * task.remaining)


class TimeLeftColumn(ProgressColumn):
    """Time left, estimated from the items computed in this run: items that existed already took no time."""

    def render(self, task: Task) -> Text:
        """Render the time left; empty for bars that do not count items."""
        seconds = _seconds_left(task)
        if seconds is None:
            return Text()
        return Text(f"{timedelta(seconds=seconds)} left", style="progress.remaining")
