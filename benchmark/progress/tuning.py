"""What a search shows while it works."""

import numpy as np
from rich.console import Console

from benchmark.progress.counted import CountedProgress
from benchmark.tuning.search import Attempt


class TuneProgress(CountedProgress):
    """A bar over trials, and a line for every finished one.

    Args:
        console: where to; without a terminal only the lines are printed.
        trials: how many there will be.
    """

    def __init__(self, *, console: Console, trials: int) -> None:
        super().__init__(console=console, pieces="trials", total=trials)
        self._best = -np.inf

    def finish(self, attempt: Attempt) -> None:
        """A trial has ended, now or in an earlier run."""
        outcome = f"failed: {attempt.error}" if attempt.error else f"{attempt.score:.4f}"
        if attempt.score > self._best:
            self._best = attempt.score
            outcome += " (best so far)" if attempt.number else " (the model as it is)"
        self._count(attempt.number + 1, f"{outcome} {attempt.seconds:.1f} s")
