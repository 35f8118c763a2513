"""What a run has to do, for whoever does it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmark.progress.run import RunProgress
from benchmark.results.atomic_files import remove_drafts
from benchmark.results.files import read_result
from benchmark.results.schema import Result
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from benchmark.tracking.wandb_mirror import Mirror
from datamodules.affinity_table import AffinityTable


@dataclass(frozen=True, kw_only=True)
class Work:
    """The cells of a run and how each is to be run.

    Attributes:
        cells: in the order of the boards.
        read: a matrix by ``regime`` and ``label``.
        effort: how much to spend on a cell.
        hardware: what to run a cell on.
        out: output folder.
        force: run cells again whose result is there.
        mirror: is told of every cell that was run.
    """

    cells: Sequence[Cell]
    read: Callable[..., AffinityTable]
    effort: RunSettings
    hardware: Hardware
    out: Path
    force: bool
    mirror: Mirror | None = None

    def table(self, cell: Cell) -> AffinityTable:
        """The matrix that a cell names."""
        return self.read(regime=cell.place.regime, label=cell.place.label)

    def prepare(self, cell: Cell) -> CellRun:
        """Make a cell ready."""
        return CellRun(cell, table=self.table(cell), effort=self.effort, hardware=self.hardware)

    def result_there(self, ready: CellRun) -> Result | None:
        """The result of an earlier run, or of one beside this, unless the cell is to be run again."""
        is_there = not self.force and ready.is_finished(self.out)
        return read_result(ready.cell.path(self.out)) if is_there else None

    def tidy(self) -> None:
        """Remove from the folders of the cells what runs that were killed have left."""
        for folder in sorted({cell.path(self.out).parent for cell in self.cells}):
            remove_drafts(folder)


class Launcher(Protocol):
    """Runs cells and yields each result as it is there, with whether it was there before."""

    def __call__(
        self, work: Work, *, progress: RunProgress, last_words: Callable[[], str]
    ) -> Iterator[tuple[Result, bool]]:
        """Run the cells.

        Args:
            work: what to do.
            progress: to be told which cell begins.
            last_words: what to say beside the reason if the run ends early.

        Yields:
            A result, and True if it was there before.
        """
