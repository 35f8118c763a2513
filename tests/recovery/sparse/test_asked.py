"""Which cells are recovered, on a table small enough to do by hand."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from datamodules.errors import UserError
from datamodules.sparse.table import SparseAffinityTable
from recovery.sparse import asked
from recovery.sparse.asked import best_of_targets, cells_of_list, find_cells

# Sources a, b, c; targets c, t. Measured: a -> c and c -> t.
TABLE = SparseAffinityTable(
    name="own",
    unit="accuracy",
    source_names=("a", "b", "c"),
    target_names=("c", "t"),
    source=np.array([0, 2, 0]),
    target=np.array([0, 1, 1]),
    value=np.array([9.0, 0.5, -1.0]),
)


def predict(source: npt.NDArray[np.integer], target: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    return (10.0 * target + source).astype(np.float64)


@pytest.mark.parametrize("at_a_time", [1, 100])
def test_the_best_of_every_target_by_value_measured_or_not(
    at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "PAIRS_AT_A_TIME", at_a_time)
    rows = [
        row
        for part in best_of_targets(TABLE, predict, top=2)
        for row in zip(*(each.tolist() for each in part), strict=True)
    ]
    # Of c: a as measured, b as predicted, never c itself. Of t: b as predicted, c as measured.
    assert rows == [(0, 0, 9.0, True), (1, 0, 1.0, False), (1, 1, 11.0, False), (2, 1, 0.5, True)]


def test_more_than_there_are_gives_all_that_exist() -> None:
    counts = np.concatenate([part.target for part in best_of_targets(TABLE, predict, top=50)])
    assert np.bincount(counts).tolist() == [2, 3]


def test_a_list_is_kept_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("target,source,note\nt,b,x\nc,a,y\nt,b,z\n")
    (part,) = cells_of_list(TABLE, tmp_path / "cells.csv", predict)
    assert part.value.tolist() == [11.0, 9.0, 11.0]
    assert part.measured.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("source,target\na,t\nz,t\n", "row 3: 'z' is no source of the table"),
        ("source,target\na,a\n", "row 2: 'a' is no target of the table"),
        ("source,target\nc,c\n", "row 2: 'c' is source and target at once"),
        ("source,goal\na,t\n", "there is no column 'target'"),
    ],
)
def test_mistakes_in_a_list_are_one_message(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text(text)
    with pytest.raises(UserError, match=problem):
        list(cells_of_list(TABLE, tmp_path / "cells.csv", predict))


def test_cells_are_found() -> None:
    found = find_cells(TABLE, np.array([2, 0, 1, 2]), np.array([1, 0, 0, 0]))
    assert found.tolist() == [2, 0, -1, -1]
