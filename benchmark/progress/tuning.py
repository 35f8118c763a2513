"""Progress display of a hyper-parameter search."""

import numpy as np
from rich.console import Console

from benchmark.progress.counted import CountedProgress
from benchmark.tuning.search import Attempt


class TuneProgress(CountedProgress):
    """A bar over trials, and one line per finished trial.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        trials: number of trials.
    """

    def __init__(self, *, console: Console, trials: int) -> None:
        super().__init__(console=console, pieces="trials", total=trials)
        self._best = -np.inf

    def finish(self, attempt: Attempt) -> None:
        """Record a trial that has finished, in this run or an earlier one."""
        outcome = f"failed: {attempt.error}" if attempt.error else f"{attempt.score:.4f}"
        if attempt.score > self._best:
            self._best = attempt.score
            outcome += " (best so far)" if attempt.number else " (current values)"
        self._count(attempt.number + 1, f"{outcome} {attempt.seconds:.1f} s")
