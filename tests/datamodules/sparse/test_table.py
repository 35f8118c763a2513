"""A sparse table puts its cells in one order and refuses what cannot be a table."""

from typing import Any

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.sparse.dense import to_dense, to_sparse
from datamodules.sparse.gravity_hub import GravityHub
from datamodules.sparse.table import SparseAffinityTable


def table(**changed: Any) -> SparseAffinityTable:
    cells: dict[str, Any] = {
        "name": "zoo",
        "unit": "accuracy",
        "source_names": ("a", "b", "c"),
        "target_names": ("t", "u"),
        "source": [2, 0, 1],
        "target": [1, 0, 0],
        "value": [0.1, 0.2, 0.3],
    }
    return SparseAffinityTable(**{**cells, **changed})


def test_cells_are_in_the_order_of_targets_then_of_sources() -> None:
    made = table()
    assert made.source.tolist() == [0, 1, 2]
    assert made.target.tolist() == [0, 0, 1]
    assert made.value.tolist() == np.array([0.2, 0.3, 0.1], np.float32).tolist()
    assert (made.source.dtype, made.value.dtype) == (np.int32, np.float32)
    assert made.cells_per_source.tolist() == [1, 1, 1]
    assert made.cells_per_target.tolist() == [2, 1]
    assert table(source=[0, 1, 2], target=[0, 0, 1], value=[0.2, 0.3, 0.1]).hash == made.hash
    assert table(value=[0.1, 0.3, 0.2]).hash != made.hash


def test_nothing_can_be_written_to_and_the_callers_arrays_stay_theirs() -> None:
    value = np.array([0.1, 0.2, 0.3], np.float32)
    made = table(value=value)
    with pytest.raises(ValueError, match="read-only"):
        made.value[0] = 1.0
    value[:] = 9.0
    assert made.value.max() < 1.0


def test_a_name_on_both_sides_is_one_task(square: SparseAffinityTable) -> None:
    assert square.task_names == ("a", "b", "c")
    assert square.target_task.tolist() == [2, 0, 1]
    assert table().target_task.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"source": [2, 0]}, r"sources \(2,\), targets \(3,\) and values \(3,\) must be lists of one length"),
        ({"source": [], "target": [], "value": []}, "at least 1"),
        ({"source": [2, 0, 3]}, "source 3 of cell 2 is out of range: there are 3 source names"),
        ({"target": [-1, 0, 0]}, "target -1 of cell 0 is out of range"),
        ({"source": [2.0, 0.0, 1.0]}, "source must hold whole numbers, not float64"),
        ({"value": [0.1, np.nan, 0.3]}, "the value of 'a' -> 't' is nan. Leave out"),
        ({"value": [1e39, 0.2, 0.3]}, "the value of 'c' -> 'u' is inf"),
        ({"source": [2, 0, 0]}, "'a' -> 't' stands twice, as do 0 more"),
        ({"source_names": ("a", "b", "a")}, "the source 'a' stands twice"),
        ({"target_names": ("t", "c")}, "'c' -> 'c' is a task's transfer to itself"),
        ({"source": [2, 0], "target": [1, 0], "value": [1, 2]}, "no target has 2 measured cells"),
    ],
)
def test_what_cannot_be_a_table_is_refused(changed: dict[str, Any], message: str) -> None:
    with (
        np.errstate(over="ignore"),
        pytest.raises(UserError, match=message),
    ):
        table(**changed)


def test_the_matrix_of_a_table_has_its_cells_source_by_target(square: SparseAffinityTable) -> None:
    matrix = to_dense(square)
    assert matrix.task_names == ("a", "b", "c")
    np.testing.assert_array_equal(matrix.value, [[np.nan, 5.0, 3.0], [1.0, np.nan, 4.0], [2.0, 6.0, np.nan]])
    np.testing.assert_array_equal(matrix.eligible, np.isfinite(matrix.value))


def test_a_table_survives_being_a_matrix(hub: GravityHub) -> None:
    back = to_sparse(to_dense(hub.table))
    assert back.source_names == hub.table.source_names
    assert back.target_names == hub.table.target_names
    for name in ("source", "target", "value"):
        np.testing.assert_array_equal(getattr(back, name), getattr(hub.table, name))
