"""Progress displays of a recovery and of tracks."""

from collections.abc import Sequence

from rich.console import Console

from benchmark.progress.counted import CountedProgress
from recovery.candidates import Expectation
from recovery.words import number


class RecoverProgress(CountedProgress):
    """A bar over models, and a line per model with what is expected of it.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        models: names of the models, cheap ones first.
    """

    def __init__(self, *, console: Console, models: Sequence[str]) -> None:
        super().__init__(console=console, pieces="models", total=len(models))
        self._done = 0

    def finish(self, expected: Expectation) -> None:
        """Record that a model was cross-validated."""
        self._done += 1
        self._count(
            self._done,
            f"{expected.model}: expected Spearman {number(expected.spearman)}, regret@1 "
            f"{number(expected.regret)}, error {expected.error:.3f}",
        )


class TrackProgress(CountedProgress):
    """A bar over the episodes or starts of a track, and a line per finished table.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        pieces: what is counted, in the plural.
        total: how many there are.
    """

    def __init__(self, *, console: Console, pieces: str, total: int) -> None:
        super().__init__(console=console, pieces=pieces, total=total)
        self._done = 0

    def advance(self) -> None:
        """Record a finished one."""
        self._done += 1
        self._count(self._done, None)

    def finish(self, words: str) -> None:
        """Print a line about a finished table."""
        self._count(self._done, words)
