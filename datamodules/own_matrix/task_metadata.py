"""Task metadata of a user's own matrix: group, kind, description and numeric features."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from datamodules.matrix_types import FloatMatrix
from datamodules.own_matrix.alike import check_not_alike
from datamodules.own_matrix.cells import (
    FileCell,
    FileRow,
    read_name,
    read_names,
    read_number,
    refusal,
    shown,
    some,
)
from datamodules.own_matrix.grid import read_grid

TEXT_COLUMNS = ("name", "group", "kind", "description")


@dataclass(frozen=True, eq=False)
class TaskMetadata:
    """The columns of a tasks file, in the order of a matrix's N tasks.

    Attributes:
        groups: N groups; "" = none.
        kinds: N output kinds; "" = none.
        features: [N, F] float64, finite, unscaled.
        feature_names: names of the F numeric columns.
        descriptions: N sentences, none of them empty; none at all without the column.
    """

    groups: tuple[str, ...]
    kinds: tuple[str, ...]
    features: FloatMatrix
    feature_names: tuple[str, ...]
    descriptions: tuple[str, ...] = ()

    @classmethod
    def unknown(cls, count: int) -> Self:
        """Metadata of tasks about which nothing is known.

        Args:
            count: number of tasks N.

        Returns:
            Empty groups and kinds, and features [N, 0].
        """
        return cls(("",) * count, ("",) * count, np.zeros((count, 0)), ())


def read_tasks(path: Path, names: Sequence[str], *, matrix: Path) -> TaskMetadata:
    """Read a tasks file and join it to a matrix by name.

    Rows with other names are ignored. A task without a row has neither group nor kind; if there are numeric
    columns, every task needs a row, because no number can stand for "unknown"; so with
    descriptions.

    Args:
        path: file with the column ``name``, optionally ``group``, ``kind`` and ``description``, and otherwise
            numeric columns.
        names: names of the matrix's N tasks.
        matrix: file of the matrix, for messages.

    Returns:
        The metadata of each task.

    Raises:
        UserError: for mistakes in the file, no overlap with ``names``, or a missing number or description.
    """
    grid = read_grid(path)
    read_names(enumerate(grid.header, start=1), path=path, side="column")
    column_of = {name: i for i, name in enumerate(grid.header)}
    if "name" not in column_of:
        raise refusal(
            path,
            f"the column 'name' is missing; the columns are {some(grid.header)}",
            fix="Call the column with the tasks' names 'name', in lower case.",
        )
    at = column_of["name"]
    row_numbers = read_names(((row.number, row.cells[at]) for row in grid.rows), path=path, side="row")
    if row_numbers.keys().isdisjoint(names):
        raise refusal(
            path,
            f"none of its names is a task of {matrix.name}: {some([*row_numbers])} here, {some(names)} there",
            fix="Spell the tasks as in the matrix.",
        )
    check_not_alike([*names, *row_numbers], path=path)
    row_of = dict(zip(row_numbers, grid.rows, strict=True))
    feature_names = tuple(name for name in grid.header if name not in TEXT_COLUMNS)
    missing = [name for name in names if name not in row_of]
    if feature_names and missing:
        raise refusal(
            path,
            f"{len(missing)} of the {len(names)} tasks of {matrix.name} have no row: {some(missing)}",
            fix=f"Add them, or leave out the numeric columns ({some(feature_names)}).",
        )
    features = [
        [
            read_number(
                row_of[name].cells[column_of[feature]],
                path=path,
                row=row_of[name].number,
                names=(name,),
                column=feature,
                required=True,
                instead="; only name, group, kind and description are text",
            )
            for feature in feature_names
        ]
        for name in names
        if feature_names
    ]

    def words(column: str) -> tuple[str, ...]:
        rows = [row_of.get(name) for name in names]
        return tuple(_word(row, column, at=column_of.get(column), path=path) for row in rows)

    descriptions = words("description") if "description" in column_of else ()
    undescribed = [name for name, text in zip(names, descriptions, strict=False) if not text]
    if undescribed:
        raise refusal(
            path,
            f"{len(undescribed)} of the {len(names)} tasks of {matrix.name} have no description: "
            f"{some(undescribed)}",
            fix="Describe every task in a sentence, or leave the column out.",
        )
    return TaskMetadata(
        words("group"),
        words("kind"),
        np.array(features).reshape(len(names), -1),
        feature_names,
        descriptions,
    )


def _word(row: FileRow | None, column: str, *, at: int | None, path: Path) -> str:
    cell: FileCell = None if row is None or at is None else row.cells[at]
    if row is None or cell is None or (isinstance(cell, str) and not cell.strip()):
        return ""
    return read_name(cell, path=path, place=f"row {row.number}, column {shown(column)}")
