"""What a run covers: the cells of one dataset or of all, and what is to be said of those left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from benchmark.running.applicability import select_applicable
from benchmark.running.suite import LARGE_TABLE_TASKS, Cell, Suite, cells_of
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.own_matrix.source import OwnMatrix
from datamodules.registry import Source


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The cells of a run.

    Attributes:
        cells: those that can have a result, in the order of the boards.
        read: by dataset, reads a matrix by ``regime`` and ``label``, each matrix once.
        remarks: how own matrices were read, shorter lists of models, and what cannot apply; one line each.
    """

    cells: list[Cell]
    read: Mapping[str, Callable[..., AffinityTable]]
    remarks: list[str]

    @property
    def cells_by_dataset(self) -> dict[str, int]:
        """Number of cells per dataset, in the order in which they run."""
        names = [cell.place.dataset for cell in self.cells]
        return {name: names.count(name) for name in dict.fromkeys(names)}


def find_extent(sources: Sequence[Source], suite: Suite, **chosen: Sequence[str]) -> Extent:
    """List the cells of a run over one dataset or several.

    Args:
        sources: datasets, or a matrix of one's own.
        suite: the suite; each source gets the one for a table of its size.
        chosen: what replaces parts of the suite, see :func:`benchmark.running.suite.cells_of`.

    Returns:
        The extent.

    Raises:
        UserError: for an unknown name anywhere, or if no cell can have a result.
    """
    cells: list[Cell] = []
    read: dict[str, Callable[..., AffinityTable]] = {}
    remarks: list[str] = []
    for source in sources:
        reader = cache(source.read)  # once per matrix, not per cell: files may be large, and the Hub slow
        size = len(reader(regime=source.regimes[0], label=next(iter(source.labels))).task_names)
        if isinstance(source, OwnMatrix):
            remarks += [f"{source.name}: {remark}" for remark in source.remarks]
        own = suite.for_table(size)
        if own is not suite and not chosen.get("models"):
            remarks.append(
                f"{source.name} has {size} tasks, more than {LARGE_TABLE_TASKS}: the suite's shorter list of "
                f"{len(own.models)} models for large tables is run; others with --model"
            )
        selection = select_applicable(cells_of(source, own, **chosen), reader)
        if selection.left_out:
            named = f"{source.name}: " if len(sources) > 1 else ""
            remarks.append(f"{named}{selection}")
        cells += selection.cells
        read[source.name] = reader
    if not cells:
        raise UserError(f"nothing to run: {'; '.join(remarks)}")
    return Extent(cells=cells, read=read, remarks=remarks)
