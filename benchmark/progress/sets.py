"""Progress display of the sets track."""

from rich.console import Console

from benchmark.progress.counted import CountedProgress


class SetsProgress(CountedProgress):
    """A bar over results, and a line per result.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        results: number of results.
    """

    def __init__(self, *, console: Console, results: int) -> None:
        super().__init__(console=console, pieces="results", total=results)
        self._done = 0

    def finish(self, words: str, *, was_there: bool) -> None:
        """Record a result.

        Args:
            words: what it is.
            was_there: it was not made again.
        """
        self._done += 1
        self._count(self._done, f"{words}{': already there' if was_there else ''}", was_there=was_there)
