"""Progress display of a run."""

import pytorch_lightning as pl
from rich.console import Console

from benchmark.progress.counted import CountedProgress
from benchmark.reporting.terminal_boards import headline
from benchmark.results.schema import Result
from benchmark.running.suite import Cell


class RunProgress(CountedProgress, pl.Callback):
    """A bar over cells, one over epochs while cells run one at a time, and one line per finished cell.

    Args:
        console: console to print to; without a terminal, only the lines are printed.
        cells: number of cells.
    """

    def __init__(self, *, console: Console, cells: int) -> None:
        super().__init__(console=console, pieces="cells", total=cells)
        self._epochs = self._progress.add_task("epochs", total=1, visible=False)
        self._done = 0

    def begin(self, cell: Cell) -> None:
        """Show the bar of epochs for a cell that starts; only when cells run one at a time."""
        words = f"{cell.place.setting} {cell.model.name}"
        self._progress.reset(self._epochs, description=words, visible=True)

    def finish(self, result: Result, *, reused: bool) -> None:
        """Record a cell that has finished, or whose result existed already."""
        self._done += 1
        score = headline(result)
        outcome = f"{score:.3f}" if score is not None else result.status
        effort = "already there" if reused else f"{result.timing.seconds:.1f} s"
        words = f"{result.place.short_title} {result.model.config.name}: {outcome} ({effort})"
        self._count(self._done, words, was_there=reused)

    def on_train_epoch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,  # noqa: ARG002  # the hook's signature
    ) -> None:
        """Advance the bar of epochs."""
        self._progress.update(self._epochs, completed=trainer.current_epoch + 1, total=trainer.max_epochs)
