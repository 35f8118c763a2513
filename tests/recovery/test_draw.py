"""Drawing cells and reading them back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from recovery.draw import draw_cells, with_drawn
from recovery.measurements import read_measurements

MATRIX = pd.DataFrame(
    {"a": [np.nan, 0.2, np.nan, 0.1], "b": [0.3, np.nan, np.nan, 0.5], "c": [0.6, 0.1, np.nan, np.nan]},
    index=[*"abcd"],
)
UNMEASURED = {("c", "a"), ("c", "b"), ("d", "c")}


def test_a_draw_is_from_the_unmeasured_cells_alone() -> None:
    drawn = draw_cells(MATRIX, 3)
    assert set(zip(drawn.source, drawn.target, strict=True)) == UNMEASURED
    assert drawn.value.isna().all()


def test_every_cell_is_drawn_as_often() -> None:
    counts = pd.concat([draw_cells(MATRIX, 1, seed=seed) for seed in range(150)]).value_counts(
        ["source", "target"]
    )
    assert counts.min() > 30


@pytest.mark.parametrize("count", [0, 4])
def test_more_than_there_are_cannot_be_drawn(count: int) -> None:
    with pytest.raises(UserError, match="3 transfers of 'DataFrame' are not measured"):
        draw_cells(MATRIX, count)


def filled(*rows: tuple[str, str, float | str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "value"])


def test_what_was_drawn_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "drawn.csv"
    filled(("c", "a", 0.9), ("d", "c", 0.7)).to_csv(path, index=False)
    found = with_drawn(read_measurements(MATRIX), path)
    assert found.drawn.sum() == 2
    assert found.table.value[found.drawn].tolist() == [0.9, 0.7]
    assert found.unmeasured.sum() == 1
    assert (found.fitted == read_measurements(MATRIX).known).all()


def test_errors_are_negated_like_the_matrix() -> None:
    found = with_drawn(read_measurements(MATRIX, lower_is_better=True), filled(("c", "a", 0.9)))
    assert found.table.value[found.drawn].tolist() == [-0.9]


def test_a_drawn_cell_in_the_matrix_too_is_taken_out_of_the_fit() -> None:
    found = with_drawn(read_measurements(MATRIX), filled(("b", "a", 0.2)))
    assert found.fitted.sum() == read_measurements(MATRIX).known.sum() - 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("c", "a", 0.9), ("c", "b", np.nan)], r"row 3 \('c' -> 'b'\) has no value. Measure all"),
        ([("c", "x", 0.9)], "no transfer of 'DataFrame'"),
        ([("c", "c", 0.9)], "no transfer of 'DataFrame'"),
        ([("c", "a", 0.9), ("c", "a", 0.9)], "stands there twice"),
        ([("b", "a", 0.3)], "another in the matrix"),
    ],
)
def test_a_mistake_in_the_list_is_refused(rows: list[tuple[str, str, float]], message: str) -> None:
    with pytest.raises(UserError, match=message):
        with_drawn(read_measurements(MATRIX), filled(*rows))


def test_other_columns_are_refused() -> None:
    with pytest.raises(UserError, match="has the columns source, target and value"):
        with_drawn(read_measurements(MATRIX), MATRIX)


def test_something_must_be_left_to_learn_from() -> None:
    everything = [(source, target, value) for (source, target), value in MATRIX.stack().dropna().items()]
    with pytest.raises(UserError, match="no two different values to learn from"):
        with_drawn(read_measurements(MATRIX), filled(*everything))
