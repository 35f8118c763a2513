"""The interface of launchers, and the work they are given."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmark.progress.run import RunProgress
from benchmark.results.atomic_files import remove_drafts
from benchmark.results.files import read_result
from benchmark.results.schema import Result
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.memory.plan import MemoryPlan
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from benchmark.tracking.wandb_mirror import Mirror
from datamodules.affinity_table import AffinityTable


@dataclass(frozen=True, kw_only=True)
class RunPlan:
    """The cells of a run, and how to run them.

    Attributes:
        cells: cells in the order of the boards.
        read: by dataset, reads a matrix by ``regime`` and ``label``.
        effort: settings of the run.
        hardware: hardware of each cell.
        out: output folder.
        force: rerun cells that have a result.
        mirror: receives every result of this run.
        memory: by path of the result, the memory plans that have been made already.
    """

    cells: Sequence[Cell]
    read: Mapping[str, Callable[..., AffinityTable]]
    effort: RunSettings
    hardware: Hardware
    out: Path
    force: bool
    mirror: Mirror | None = None
    memory: dict[Path, MemoryPlan] = field(default_factory=dict)

    def table(self, cell: Cell) -> AffinityTable:
        """The matrix of a cell."""
        return self.read[cell.place.dataset](regime=cell.place.regime, label=cell.place.label)

    def prepare(self, cell: Cell) -> CellRun:
        """Prepare a cell."""
        return CellRun(
            cell,
            table=self.table(cell),
            effort=self.effort,
            hardware=self.hardware,
            memory=self.memory.get(cell.path(self.out)),
        )

    def result_there(self, ready: CellRun) -> Result | None:
        """The existing result of a cell, from an earlier or a concurrent run; None with ``force``."""
        is_there = not self.force and ready.is_finished(self.out)
        return read_result(ready.cell.path(self.out)) if is_there else None

    def tidy(self) -> None:
        """Remove the drafts of killed runs from the cells' folders."""
        for folder in sorted({cell.path(self.out).parent for cell in self.cells}):
            remove_drafts(folder)


class Launcher(Protocol):
    """Runs cells and yields each result when it is available."""

    def __call__(
        self, plan: RunPlan, *, progress: RunProgress, last_words: Callable[[], str]
    ) -> Iterator[tuple[Result, bool]]:
        """Run the cells.

        Args:
            plan: the cells and how to run them.
            progress: the run's progress display.
            last_words: makes the message to print, after the reason, if the run ends early.

        Yields:
            A result, and whether it existed before.
        """
