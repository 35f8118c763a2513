"""Task sets from a user's own file."""

from pathlib import Path

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.errors import unknown_name
from datamodules.own_matrix.cells import read_name, read_number, refusal, shown, some
from datamodules.own_matrix.grid import read_grid
from datamodules.sets.task_sets import TaskSets, make_sets

COLUMNS = ("target", "sources", "value")
SEPARATOR = ";"


def own_sets(path: Path, table: AffinityTable, *, lower_is_better: bool = False) -> TaskSets:
    """Read sets from a file with the columns ``target``, ``sources`` and ``value``.

    Args:
        path: the file; the sources of a set are joined by ``;``. A row with a blank value is left out.
        table: the matrix of single transfers between the same tasks.
        lower_is_better: values are errors or losses, and change their sign.

    Returns:
        The sets, in the order of the file; each was measured by a run of its own.

    Raises:
        UserError: if the file cannot be read, or a row of it is wrong.
    """
    grid = read_grid(path)
    lacking = [name for name in COLUMNS if name not in grid.header]
    if lacking:
        raise refusal(
            path,
            f"missing: {some(lacking)}; the columns are {some(grid.header)}",
            fix=f"A file of sets has the columns {', '.join(COLUMNS)}, with {SEPARATOR!r} between sources.",
        )
    at = [grid.header.index(name) for name in COLUMNS]
    rows: dict[tuple[str, frozenset[str]], tuple[int, float]] = {}
    for number, cells in grid.rows:
        target, words = (
            read_name(cells[column], path=path, place=f"row {number}, column {shown(name)}")
            for column, name in zip(at, COLUMNS[:2], strict=False)
        )
        sources = [name.strip() for name in words.split(SEPARATOR)]
        for name in (target, *sources):
            if name not in table.task_names:
                raise refusal(
                    path, f"row {number}: {unknown_name('task', name, table.task_names)}", fix="Mend it."
                )
        key = target, frozenset(sources)
        problem = ""
        if target in sources:
            problem = "the target is one of its own sources"
        elif len(key[1]) < len(sources):
            problem = "a source is named twice"
        elif len(sources) < 2:
            problem = "one source is no set; single transfers stand in the matrix"
        elif key in rows:
            problem = f"the same sources and target as in row {rows[key][0]}"
        if problem:
            raise refusal(
                path, f"row {number} ({shown(words)} -> {shown(target)}): {problem}", fix="Mend or delete it."
            )
        rows[key] = (
            number,
            read_number(cells[at[2]], path=path, row=number, names=(words, target), column="value"),
        )
    measured = {key: value for key, (_, value) in rows.items() if not np.isnan(value)}
    if not measured:
        raise refusal(path, "no set has a value", fix="Write down what was measured.")
    return make_sets(
        table,
        sources=[sorted(sources) for _, sources in measured],
        target=[target for target, _ in measured],
        value=np.array(list(measured.values())) * (-1.0 if lower_is_better else 1.0),
        together=False,
    )
