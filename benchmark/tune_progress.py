"""What a search shows while it works."""

from types import TracebackType

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmark.tune import Attempt


class TuneProgress:
    """A bar over trials, and a line for every finished one.

    Args:
        console: where to; without a terminal only the lines are printed.
        trials: how many there will be.
    """

    def __init__(self, *, console: Console, trials: int) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._bar = self._progress.add_task("trials", total=trials)
        self._trials = trials
        self._best = -np.inf

    def __enter__(self) -> "TuneProgress":
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def finish(self, attempt: Attempt) -> None:
        """A trial has ended, now or in an earlier run."""
        outcome = f"failed: {attempt.error}" if attempt.error else f"{attempt.score:.4f}"
        if attempt.score > self._best:
            self._best = attempt.score
            outcome += " (best so far)" if attempt.number else " (the model as it is)"
        self._progress.update(self._bar, completed=attempt.number + 1)
        self._console.print(
            f"[{attempt.number + 1}/{self._trials}] {outcome} {attempt.seconds:.1f} s",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
