"""What runs cost: each run, and once for every source that has to be set up."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.own_matrix.cells import FileCell, is_blank, read_number, refusal, shown, some
from datamodules.own_matrix.frame import frame_grid
from datamodules.own_matrix.grid import Grid, read_grid
from recovery.target_units import FloatVector

COLUMNS = ("source", "target", "cost")
USUAL = 1.0  # of a run that no file prices


@dataclass(frozen=True, eq=False)
class Costs:
    """Costs in any one unit, such as GPU hours.

    Attributes:
        run: [N, N] float64 ≥ 0, source × target: what a run costs once its source is set up.
        set_up: [N] float64 ≥ 0, what setting a source up costs: paid with its first run, then sunk.
    """

    run: FloatMatrix
    set_up: FloatVector

    @classmethod
    def equal(cls, tasks: int) -> Self:
        """Every run costs 1, and setting up nothing."""
        return cls(np.full((tasks, tasks), USUAL), np.zeros(tasks))

    def of_runs(self, run: BoolMatrix) -> FloatMatrix:
        """What each run would cost now.

        Args:
            run: [N, N] bool, transfers that are measured, failed or under way: their sources are set up.

        Returns:
            [N, N] float64.
        """
        return self.run + np.where(run.any(1), 0.0, self.set_up)[:, None]


def read_costs(source: str | Path | pd.DataFrame, table: AffinityTable) -> Costs:
    """Read costs.

    Args:
        source: a file or frame with the columns ``source``, ``target`` and ``cost``. A row with both is what
            that run costs; with a target alone, what any other run on it costs (1 where not given); with a
            source alone, what setting it up costs once (0 where not given).
        table: the matrix.

    Returns:
        The costs.

    Raises:
        UserError: for a transfer that the matrix does not have, a cost that is negative or missing, or a
            mistake in the file.
    """
    grid = frame_grid(source) if isinstance(source, pd.DataFrame) else read_grid(Path(source))
    if sorted(grid.header) != sorted(COLUMNS):
        raise refusal(
            grid.path,
            f"costs have the columns source, target and cost, not {some(grid.header)}",
            fix="Leave source or target blank for what holds for every run of the other.",
        )
    index = {name: number for number, name in enumerate(table.task_names)}
    found: dict[tuple[int | None, int | None], float] = {}
    for row, source_name, target_name, cost in _rows(grid):
        where = f"row {row} ({shown(source_name)} -> {shown(target_name)})"
        place = _place(source_name, target_name, index, table.eligible)
        if place is None:
            raise refusal(
                grid.path,
                f"{where} is no transfer of {shown(table.name)}",
                fix="Use the names of the matrix, or delete the row.",
            )
        if cost < 0:
            raise refusal(grid.path, f"{where} costs {cost:g}", fix="Costs are 0 or more.")
        if place in found:
            raise refusal(grid.path, f"{where} stands there twice", fix="Keep one row.")
        found[place] = cost
    return _filled(found, tasks=len(index))


def _filled(found: Mapping[tuple[int | None, int | None], float], *, tasks: int) -> Costs:
    """Costs from rows by source and target, whose own ones go before those of a target."""
    costs = Costs.equal(tasks)
    for (source, target), cost in sorted(found.items(), key=lambda row: row[0][0] is not None):
        if target is None:
            costs.set_up[source] = cost
        else:
            costs.run[slice(None) if source is None else source, target] = cost
    return costs


def _place(
    source: str, target: str, index: Mapping[str, int], eligible: BoolMatrix
) -> tuple[int | None, int | None] | None:
    """Indices of source and target, None for a blank one; None for both where there is no such run."""
    on, to = index.get(source), index.get(target)
    if (source and on is None) or (target and to is None) or not (source or target):
        return None
    if (on is not None and not eligible[on].any()) or (to is not None and not eligible[:, to].any()):
        return None
    return None if on is not None and to is not None and not eligible[on, to] else (on, to)


def _rows(grid: Grid) -> list[tuple[int, str, str, float]]:
    """Row number, source or "", target or "", and cost."""
    at = {name: grid.header.index(name) for name in COLUMNS}
    found = []
    for number, cells in grid.rows:
        source, target = (_name(cells[at[side]]) for side in ("source", "target"))
        cost = read_number(
            cells[at["cost"]],
            path=grid.path,
            row=number,
            names=(source, target),
            column="cost",
            required=True,
        )
        found.append((number, source, target, cost))
    return found


def _name(cell: FileCell) -> str:
    return cell.strip() if isinstance(cell, str) and not is_blank(cell) else ""
