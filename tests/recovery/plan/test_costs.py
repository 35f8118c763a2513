"""Costs of runs, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from recovery.measurements import read_measurements
from recovery.plan.costs import read_costs

ROWS = [("a", "b", 3.0), (None, "b", 2.0), ("a", None, 10.0)]


@pytest.fixture
def table() -> AffinityTable:
    matrix = pd.DataFrame({"b": [0.1, None, None], "c": [None, 0.2, None]}, index=["a", "d", "e"])
    return read_measurements(matrix).table


def costs_of(rows: list[tuple[str | None, str | None, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "cost"])


def test_a_pair_goes_before_its_target_and_a_source_is_paid_once(table: AffinityTable) -> None:
    costs = read_costs(costs_of(ROWS), table)
    a, d, b, c = (table.task_names.index(name) for name in "adbc")
    nothing = np.zeros_like(table.eligible)
    first = costs.of_runs(nothing)
    assert (first[a, b], first[a, c], first[d, b], first[d, c]) == (13.0, 11.0, 2.0, 1.0)
    nothing[a, c] = True  # set up by another run: sunk
    assert costs.of_runs(nothing)[a, b] == 3.0


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "x", 1.0)], r"row 2 \('a' -> 'x'\) is no transfer of 'DataFrame'"),
        ([("b", None, 1.0)], "is no transfer"),  # a target that is no source
        ([("a", "b", -1.0)], "costs -1. Costs are 0 or more"),
        ([("a", "b", None), ("d", "b", 1.0)], "is not a number"),
        ([("a", "b", 1.0), ("a", "b", 2.0)], "stands there twice"),
        ([(None, None, 1.0), ("a", "b", 2.0)], "is no transfer"),
    ],
)
def test_refused(
    table: AffinityTable, rows: list[tuple[str | None, str | None, float | None]], words: str
) -> None:
    with pytest.raises(UserError, match=words) as refused:
        read_costs(costs_of(rows), table)
    assert "\n" not in str(refused.value)


def test_another_table_is_refused(table: AffinityTable) -> None:
    with pytest.raises(UserError, match="costs have the columns source, target and cost"):
        read_costs(pd.DataFrame({"source": ["a"], "cost": [1.0]}), table)
