"""What a run covers: the cells of one dataset or of all, and what is to be said of those left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from benchmark.running.applicability import select_applicable
from benchmark.running.suite import Cell, Suite, cells_of
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
        suite: the suite; each matrix gets the list of models for its size.
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
        listed = cells_of(source, suite, **chosen)
        own, lists = (listed, []) if chosen.get("models") else _by_size(listed, suite, reader)
        selection = select_applicable(own, reader)
        if isinstance(source, OwnMatrix):  # which has remarks once it is read
            remarks += [f"{source.name}: {remark}" for remark in source.remarks]
        remarks += lists
        if selection.left_out:
            named = f"{source.name}: " if len(sources) > 1 else ""
            remarks.append(f"{named}{selection}")
        cells += selection.cells
        read[source.name] = reader
    if not cells:
        raise UserError(f"nothing to run: {'; '.join(remarks)}")
    return Extent(cells=cells, read=read, remarks=remarks)


def _by_size(
    cells: Sequence[Cell], suite: Suite, read: Callable[..., AffinityTable]
) -> tuple[list[Cell], list[str]]:
    """The cells with the models for the size of their matrix, and one line for each shorter list."""
    kept: list[Cell] = []
    remarks: dict[str, None] = {}
    several = len({cell.place.regime for cell in cells}) > 1
    for cell in cells:
        place = cell.place
        size = len(read(regime=place.regime, label=place.label).task_names)
        shorter = suite.shorter_list(size)
        if shorter is None or cell.model.name in shorter.models:
            kept.append(cell)
        if shorter is not None:
            matrix = f"{place.dataset} {place.regime}" if several else place.dataset
            size_said = f"{matrix} has {size} tasks, more than {shorter.more_than_tasks}"
            remarks[
                f"{size_said}: the suite's shorter list of {len(shorter.models)} models for such tables is "
                "run; others with --model"
            ] = None
    return kept, list(remarks)
