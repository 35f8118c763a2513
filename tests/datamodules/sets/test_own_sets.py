"""A user's own file of sets, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.load_table import load_table
from datamodules.sets.own_sets import own_sets

HEAD = "target,sources,value\n"


@pytest.fixture
def table() -> AffinityTable:
    return load_table(np.arange(16.0).reshape(4, 4))


def read(tmp_path: Path, text: str, table: AffinityTable, **options: bool) -> object:
    file = tmp_path / "sets.csv"
    file.write_text(text)
    return own_sets(file, table, **options)


def test_rows_are_read_by_name(tmp_path: Path, table: AffinityTable) -> None:
    file = tmp_path / "sets.csv"
    file.write_text(
        f"{HEAD}task-0,task-2; task-1,0.5\ntask-3,task-0;task-1;task-2,0.25\ntask-3,task-0;task-1,\n"
    )
    sets = own_sets(file, table)
    assert sets.members.astype(int).tolist() == [[0, 1, 1, 0], [1, 1, 1, 0]]
    assert (sets.target.tolist(), sets.value.tolist()) == ([0, 3], [0.5, 0.25])
    assert own_sets(file, table, lower_is_better=True).value.tolist() == [-0.5, -0.25]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("task-0,task-1;task-9,1", "row 2: unknown task 'task-9'"),
        ("task-0,task-1;task-0,1", "the target is one of its own sources"),
        ("task-0,task-1;task-1,1", "a source is named twice"),
        ("task-0,task-1,1", "one source is no set"),
        ("task-0,task-1;task-2,high", "'high' is not a number"),
        ("task-0,task-1;task-2,1\ntask-0,task-2;task-1,2", "the same sources and target as in row 2"),
        ("task-0,task-1;task-2,", "no set has a value"),
    ],
)
def test_wrong_rows_are_refused(tmp_path: Path, table: AffinityTable, row: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, HEAD + row + "\n", table)


def test_missing_columns_are_named(tmp_path: Path, table: AffinityTable) -> None:
    with pytest.raises(UserError, match="missing: 'sources'; the columns are 'target', 'value'"):
        read(tmp_path, "target,value\ntask-0,1\n", table)
