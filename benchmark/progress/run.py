"""Progress display of a run."""

import time
from collections.abc import Mapping
from datetime import timedelta

from rich.console import Console

from benchmark.progress.counted import CountedProgress
from benchmark.progress.epochs import EpochProgress
from benchmark.reporting.console import say
from benchmark.reporting.terminal_boards import headline
from benchmark.results.schema import Result
from benchmark.running.suite import Cell


class RunProgress(CountedProgress, EpochProgress):
    """A bar over cells, one over epochs while cells run one at a time, and one line per finished cell.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        cells: number of cells.
        datasets: number of cells per dataset; of several, each that is done gets a line with the time left.
    """

    def __init__(self, *, console: Console, cells: int, datasets: Mapping[str, int] | None = None) -> None:
        super().__init__(console=console, pieces="cells", total=cells)
        self._epochs = self._progress.add_task("epochs", total=1, visible=False)
        self._done = 0
        self._began: dict[str, float] = {}
        self._open = dict(datasets or {})
        self._datasets = len(self._open)

    def begin(self, cell: Cell) -> None:
        """Show the bar of epochs for a cell that starts; only when cells run one at a time."""
        words = f"{cell.place.setting} {cell.model.name}"
        self._progress.reset(self._epochs, description=words, visible=True)

    def begin_part(self, cell: Cell, number: int, count: int) -> None:
        """Say which part of a cell begins, where its replicas do not all fit in memory at once."""
        name = f"{cell.place.short_title} {cell.model.name}"
        words = f"{name}: part {number} of {count}"
        if number == 1:
            self._began[name] = time.monotonic()
        else:
            each = (time.monotonic() - self._began[name]) / (number - 1)
            words += f", about {timedelta(seconds=round(each * (count - number + 1)))} left"
        say(self._console, words)
        self._progress.update(self._epochs, completed=0, description=words)

    def finish(self, result: Result, *, reused: bool) -> None:
        """Record a cell that has finished, or whose result existed already."""
        self._done += 1
        score = headline(result)
        outcome = f"{score:.3f}" if score is not None else result.status
        effort = "already there" if reused else f"{result.timing.seconds:.1f} s"
        words = f"{result.place.short_title} {result.model.config.name}: {outcome} ({effort})"
        self._count(self._done, words, was_there=reused)
        if self._datasets > 1:
            self._count_dataset(result.place.dataset)

    def _count_dataset(self, name: str) -> None:
        self._open[name] -= 1
        if self._open[name]:
            return
        done = sum(count == 0 for count in self._open.values())
        seconds = self._seconds_left()
        left = "" if seconds is None else f", about {timedelta(seconds=seconds)} left"
        say(self._console, f"{name} is done, {done} of {self._datasets} datasets{left}")

    def show_epoch(self, done: int, total: int) -> None:
        """Advance the bar of epochs."""
        self._progress.update(self._epochs, completed=done, total=total)
