"""The CSV that a campaign's state is: fill in `value`, and run again."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pandas as pd

from benchmark.results.atomic_files import write_together
from datamodules.own_matrix.cells import FileCell, is_blank, read_name, read_number, refusal, shown, some
from datamodules.own_matrix.columns import LONG_COLUMNS
from datamodules.own_matrix.grid import Grid, read_grid
from recovery.plan.run import Kind, Run

COLUMNS = ("source", "target", "value", "kind", "cost", "gain", "reason")
FAILED = "failed"
FIX = "Pass the file as it was written, with nothing but values filled in."


def plan_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """Runs as a table.

    Args:
        runs: in the order of the plan.

    Returns:
        A row per run; ``value`` is what was measured, blank while pending, or ``failed``.
    """
    rows = [
        (
            *run.pair,
            FAILED if run.status == "failed" else None if run.value is None else repr(run.value),
            run.kind,
            run.cost,
            run.gain,
            run.reason,
        )
        for run in runs
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def write_plan(runs: Sequence[Run], path: Path) -> None:
    """Write a plan to a CSV file.

    Raises:
        StorageError: if it cannot be written.
    """
    write_together({path: plan_frame(runs).to_csv(index=False).encode()})


def read_plan(path: Path) -> list[Run]:
    """Read a plan, with the values that were filled in.

    Args:
        path: what :func:`write_plan` wrote.

    Returns:
        Its runs: done where there is a number, failed where it says so, pending where it is blank.

    Raises:
        UserError: for another file, or a value that is neither a number nor ``failed``.
    """
    grid = read_grid(path)
    if sorted(grid.header) != sorted(COLUMNS):
        raise refusal(path, f"a plan has the columns {', '.join(COLUMNS)}, not {some(grid.header)}", fix=FIX)
    at = {name: grid.header.index(name) for name in COLUMNS}
    runs = []
    for row, cells in grid.rows:
        cell = {name: cells[place] for name, place in at.items()}
        source, target = _pair(cell["source"], cell["target"], grid, row)
        value = cell["value"]
        failed = isinstance(value, str) and value.strip().casefold() == FAILED
        number = None if failed or _blank(value) else _number(value, grid, row, (source, target), "value")
        gain = None if _blank(cell["gain"]) else _number(cell["gain"], grid, row, (source, target), "gain")
        runs.append(
            Run(
                source=source,
                target=target,
                kind=_kind(cell["kind"], grid, row),
                cost=_number(cell["cost"], grid, row, (source, target), "cost"),
                gain=gain,
                reason=str(cell["reason"] or ""),
                status="failed" if failed else "pending" if number is None else "done",
                value=number,
            )
        )
    return runs


def read_told(path: Path) -> list[tuple[str, str, float | None]]:
    """Read results of runs, proposed or not.

    Args:
        path: a file with the columns ``source``, ``target`` and ``value``: a number, or ``failed``. A plan is
            one as well, and its blank values are left out.

    Returns:
        Source, target and value of each; None for one that failed.

    Raises:
        UserError: for a mistake in the file.
    """
    grid = read_grid(path)
    missing = [name for name in LONG_COLUMNS if name not in grid.header]
    if missing:
        raise refusal(
            path,
            f"results have the columns source, target and value, not {some(grid.header)}",
            fix="Name a column for each.",
        )
    at = {name: grid.header.index(name) for name in LONG_COLUMNS}
    found: list[tuple[str, str, float | None]] = []
    for row, cells in grid.rows:
        source, target = _pair(cells[at["source"]], cells[at["target"]], grid, row)
        value = cells[at["value"]]
        if isinstance(value, str) and value.strip().casefold() == FAILED:
            found.append((source, target, None))
        elif not _blank(value):
            found.append((source, target, _number(value, grid, row, (source, target), "value")))
    return found


def _pair(source: FileCell, target: FileCell, grid: Grid, row: int) -> tuple[str, str]:
    place = f"row {row}, column "
    return (
        read_name(source, path=grid.path, place=f"{place}'source'"),
        read_name(target, path=grid.path, place=f"{place}'target'"),
    )


def _blank(cell: FileCell) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and is_blank(cell))


def _number(cell: FileCell, grid: Grid, row: int, names: tuple[str, str], column: str) -> float:
    return read_number(cell, path=grid.path, row=row, names=names, column=column, required=True)


def _kind(cell: FileCell, grid: Grid, row: int) -> Kind:
    for kind in get_args(Kind):
        if cell == kind:
            known: Kind = kind
            return known
    raise refusal(grid.path, f"row {row}, column 'kind': {shown(cell)} is no kind of run", fix=FIX)
