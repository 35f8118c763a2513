"""The CSV that a campaign's state is: fill in `value`, and run again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import pandas as pd

from benchmark.results.atomic_files import write_together
from datamodules.own_matrix.cells import FileCell, is_blank, read_name, read_number, refusal, shown, some
from datamodules.own_matrix.columns import LONG_COLUMNS
from datamodules.own_matrix.grid import Grid, read_grid
from recovery.plan.run import Kind, Run, Status

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
        UserError: for another file, a value that is neither a number nor ``failed``, or a run that stands
            there twice.
    """
    grid = read_grid(path, may_be_empty=True)
    if sorted(grid.header) != sorted(COLUMNS):
        raise refusal(path, f"a plan has the columns {', '.join(COLUMNS)}, not {some(grid.header)}", fix=FIX)
    runs = []
    for row, (source, target), cell in _rows(grid):
        status, value = _outcome(cell["value"], grid, row, (source, target))
        gain = None if _blank(cell["gain"]) else _number(cell["gain"], grid, row, (source, target), "gain")
        runs.append(
            Run(
                source=source,
                target=target,
                kind=_kind(cell["kind"], grid, row),
                cost=_number(cell["cost"], grid, row, (source, target), "cost"),
                gain=gain,
                reason=str(cell["reason"] or ""),
                status=status,
                value=value,
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
    if any(name not in grid.header for name in LONG_COLUMNS):
        raise refusal(
            path,
            f"results have the columns source, target and value, not {some(grid.header)}",
            fix="Name a column for each.",
        )
    found: list[tuple[str, str, float | None]] = []
    for row, pair, cell in _rows(grid):
        status, value = _outcome(cell["value"], grid, row, pair)
        if status != "pending":
            found.append((*pair, value))
    return found


def _rows(grid: Grid) -> Iterator[tuple[int, tuple[str, str], dict[str, FileCell]]]:
    """Number, source and target, and cells by column of each row; refuses two rows of one transfer."""
    known: set[tuple[str, str]] = set()
    for row, cells in grid.rows:
        cell = dict(zip(grid.header, cells, strict=True))
        source, target = (
            read_name(cell[side], path=grid.path, place=f"row {row}, column {side!r}")
            for side in ("source", "target")
        )
        if (source, target) in known:
            what = f"row {row} ({shown(source)} -> {shown(target)}) stands there twice"
            raise refusal(grid.path, what, fix="Keep one row.")
        known.add((source, target))
        yield row, (source, target), cell


def _outcome(cell: FileCell, grid: Grid, row: int, pair: tuple[str, str]) -> tuple[Status, float | None]:
    """What became of a run, and its value if there is one."""
    if _blank(cell):
        return "pending", None
    if isinstance(cell, str) and cell.strip().casefold() == FAILED:
        return "failed", None
    return "done", _number(cell, grid, row, pair, "value", instead=f", or {FAILED}")


def _blank(cell: FileCell) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and is_blank(cell))


def _number(
    cell: FileCell, grid: Grid, row: int, names: tuple[str, str], column: str, *, instead: str = ""
) -> float:
    return read_number(
        cell, path=grid.path, row=row, names=names, column=column, required=True, instead=instead
    )


def _kind(cell: FileCell, grid: Grid, row: int) -> Kind:
    for kind in get_args(Kind):
        if cell == kind:
            known: Kind = kind
            return known
    raise refusal(grid.path, f"row {row}, column 'kind': {shown(cell)} is no kind of run", fix=FIX)
