"""Checks of a user's matrix: enough transfers to learn from and, for a benchmark, enough to hide."""

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.own_matrix.cells import refusal, shown, some

MIN_TASKS = 4
MIN_SOURCES = 3
# Beyond these, squares of values or of their differences leave the range of a float.
LARGEST, SMALLEST = 1e30, 1e-30
# Differences of this share of the values are rounding errors.
ROUNDING = 1e-12


def check_recoverable(table: AffinityTable, *, where: object, may_be_blank: bool = False) -> None:
    """Refuse a matrix from which nothing can be recovered.

    Args:
        table: the matrix.
        where: the file it was read from, for the message.
        may_be_blank: take one with nothing measured, or nothing but equal values.

    Raises:
        UserError: for fewer than four tasks, no measured transfer between different tasks, a constant matrix,
            or values whose scale makes every model fail.
    """
    tasks = len(table.task_names)
    if tasks < MIN_TASKS:
        raise refusal(
            where,
            f"{tasks} tasks ({some(table.task_names)}), but at least {MIN_TASKS} are needed",
            fix="Add tasks as sources or targets.",
        )
    measured = table.value[table.eligible & np.isfinite(table.value)]
    if may_be_blank and (not measured.size or measured.min() == measured.max()):
        return
    if not measured.size:
        raise refusal(
            where,
            "no transfer between two different tasks is measured; the diagonal does not count",
            fix="Fill in some cells off the diagonal.",
        )
    if measured.min() == measured.max():
        raise refusal(
            where,
            f"a constant matrix: every measured transfer is {float(measured[0])!r} ({table.unit})",
            fix="Check the values: there is nothing to rank.",
        )
    largest, width = float(np.abs(measured).max()), float(measured.max() / 2 - measured.min() / 2) * 2
    if largest > LARGEST or width < SMALLEST:
        problem = f"a value of {largest:.3g}" if largest > LARGEST else f"all values within {width:.3g}"
        raise refusal(
            where, f"{problem}: such numbers cannot be squared", fix="Rescale the matrix, e.g. to about 1."
        )
    if width < ROUNDING * largest:
        raise refusal(
            where,
            f"all values are {largest:.6g} up to rounding: they differ by {width:.3g} at most",
            fix="Check the values: there is nothing to rank.",
        )


def check_benchable(table: AffinityTable) -> None:
    """Refuse a matrix that cannot be benchmarked, even if it can be recovered.

    A task with an empty column has no query entries, so it does not count as a target here.

    Args:
        table: the matrix.

    Raises:
        UserError: if no entry is eligible, or a target has only one or two measured sources, too few to rank.
    """
    where = f"dataset {shown(table.name)}"
    sources = table.eligible.sum(axis=0)
    if not sources.any():
        raise refusal(where, "no entry is eligible to hide", fix="Measure transfers between different tasks.")
    few = np.flatnonzero((sources > 0) & (sources < MIN_SOURCES))
    if few.size:
        named = ", ".join(f"{shown(table.task_names[i])} ({sources[i]})" for i in few[:5])
        more = f" and {few.size - 5} more" if few.size > 5 else ""
        raise refusal(
            where,
            f"a benchmark needs at least {MIN_SOURCES} measured sources per target, but {few.size} "
            f"{'target has' if few.size == 1 else 'targets have'} fewer: {named}{more}",
            fix="Measure more sources of these targets, or leave them out.",
        )
