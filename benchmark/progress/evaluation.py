"""Progress display of an evaluation from Python."""

import sys
from types import TracebackType
from typing import Self

from tqdm.std import tqdm

from benchmark.progress.epochs import EpochProgress

QUIET_SECONDS = 2.0


class EvaluationProgress(EpochProgress):
    """A bar over training steps in a terminal or a notebook, shown after two seconds.

    It uses tqdm in text mode, since rich needs ipywidgets in a notebook.
    """

    def __enter__(self) -> Self:
        self._bar = tqdm(
            desc="training steps",
            delay=QUIET_SECONDS,
            leave=False,
            disable=not (sys.stderr.isatty() or "ipykernel" in sys.modules),
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()

    def begin_part(self, number: int, count: int) -> None:
        """Start the bar again for a part of the splits and members."""
        self._bar.reset()
        self._bar.set_description(f"training steps, part {number} of {count}")

    def show_epoch(self, done: int, total: int) -> None:
        """Advance the bar."""
        self._bar.total = total
        self._bar.update(done - self._bar.n)
