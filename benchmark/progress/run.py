"""What a run shows while it works."""

import pytorch_lightning as pl
from rich.console import Console

from benchmark.progress.counted import CountedProgress
from benchmark.reporting.terminal_boards import headline
from benchmark.results.schema import Result
from benchmark.running.suite import Cell


class RunProgress(CountedProgress, pl.Callback):
    """A bar over cells and one over the epochs of the current cell; a line for every finished cell.

    Args:
        console: where to; without a terminal only the lines are printed.
        cells: how many cells will run.
    """

    def __init__(self, *, console: Console, cells: int) -> None:
        super().__init__(console=console, pieces="cells", total=cells)
        self._epochs = self._progress.add_task("epochs", total=1, visible=False)
        self._done = 0

    def begin(self, cell: Cell) -> None:
        """A cell starts."""
        words = f"{cell.place.setting} {cell.model.name}"
        self._progress.reset(self._epochs, description=words, visible=True)

    def finish(self, result: Result, *, reused: bool) -> None:
        """A cell has ended, or its result was there already."""
        self._done += 1
        score = headline(result)
        outcome = f"{score:.3f}" if score is not None else result.status
        effort = "already there" if reused else f"{result.timing.seconds:.1f} s"
        self._count(
            self._done, f"{result.place.short_title} {result.model.config.name}: {outcome} ({effort})"
        )

    def on_train_epoch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,  # noqa: ARG002  # the hook's signature
    ) -> None:
        """Move the bar of epochs."""
        self._progress.update(self._epochs, completed=trainer.current_epoch + 1, total=trainer.max_epochs)
