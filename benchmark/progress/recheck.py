"""Progress display of a recheck of stale results."""

from datetime import timedelta
from pathlib import Path

from rich.console import Console

from benchmark.progress.counted import CountedProgress
from benchmark.verifying.stale import Standing


class RecheckProgress(CountedProgress):
    """A bar over result files, and one line for each that was stale.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        folder: the folder that the files are in.
        files: number of files.
    """

    def __init__(self, *, console: Console, folder: Path, files: int) -> None:
        super().__init__(console=console, pieces="result files", total=files)
        self._folder = folder
        self._done = 0

    def finish(self, standing: Standing) -> None:
        """Record a file that has been judged."""
        self._done += 1
        was_stale = standing.confirmed or bool(standing.reasons)
        if not was_stale:
            self._count(self._done, None, was_there=True)
            return
        outcome = "confirmed" if standing.confirmed else f"stale: {standing.reasons[-1]}"
        seconds = self._seconds_left()
        left = "" if seconds is None else f", about {timedelta(seconds=seconds)} left"
        self._count(self._done, f"{standing.path.relative_to(self._folder)}: {outcome}{left}")
