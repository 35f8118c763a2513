"""A bar over pieces of work and a line for every finished one."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn


class CountedProgress:
    """What all long work shows; the bar is there between entering and leaving.

    Args:
        console: where to; without a terminal only the lines are printed.
        pieces: what is counted.
        total: how many there will be.
        columns: behind those that every bar has.
    """

    def __init__(
        self, *, console: Console, pieces: str, total: int, columns: Sequence[ProgressColumn] = ()
    ) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            *columns,
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._pieces = self._progress.add_task(pieces, total=total)
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

    def _count(self, done: int, words: str | None) -> None:
        """Move the bar to the number of finished pieces, and print a line if there are words for it."""
        self._progress.update(self._pieces, completed=done)
        if words is not None:
            self._console.print(
                f"[{done}/{self._total}] {words}", markup=False, highlight=False, soft_wrap=True
            )
