"""One matrix by name, path or data frame."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from datamodules.load_table import load_table
from datamodules.own_matrix.table import read_own_table
from datamodules.tables.taskonomy import TASKONOMY


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    names = ["a", "b", "c", "d", "e"]
    return pd.DataFrame(rng.normal(size=(5, 5)), index=names, columns=names)


def test_regime_and_label_are_the_headline_ones_when_omitted() -> None:
    assert load_table("taskonomy").hash == TASKONOMY.read(regime="16k", label="ahp").hash
    assert load_table("taskonomy", regime="1k", label="winrate").regime == "1k"


def test_to_frame_is_source_by_target_and_is_read_again() -> None:
    table = load_table("cogtaskonomy")
    shown = table.to_frame()
    assert (
        shown.loc["MNLI", "QQP"] == table.value[table.task_names.index("MNLI"), table.task_names.index("QQP")]
    )
    again = load_table(shown)
    assert again.task_names == table.task_names
    assert np.array_equal(again.value, table.value, equal_nan=True)


def test_a_data_frame_is_the_file_that_pandas_makes_of_it(tmp_path: Path) -> None:
    wide = frame()
    wide.to_csv(tmp_path / "wide.csv")
    long = wide.rename_axis("source").melt(ignore_index=False, var_name="target").reset_index()
    of_file = read_own_table(tmp_path / "wide.csv")
    for own in (wide, long, long[["value", "source", "target"]]):
        table = load_table(own)
        assert table.task_names == of_file.task_names
        assert np.allclose(table.value, of_file.value, equal_nan=True, rtol=0, atol=1e-15)
    assert np.array_equal(
        load_table(wide, lower_is_better=True).value, -load_table(wide).value, equal_nan=True
    )


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (frame().reset_index(drop=True), "DataFrame: the first column holds numbers"),
        (frame().assign(a="x"), "DataFrame: row 2 .*'x' is not a number"),
        (frame().assign(a=np.inf), "is infinite"),
        (frame().iloc[:0], "0 rows"),
        (frame()[[]], "1 columns of names and values"),
        (frame().set_axis([*"abcdd"], axis=1), "DataFrame: .*(d|twice)"),
        (frame().set_axis([*"abcdd"], axis=0), "the same name twice: rows 5 and 6"),
        (frame().assign(a=[[1], "x", 2.0, None, 3]), "DataFrame: its columns cannot be read"),
        (frame().iloc[:2], "at least"),
    ],
)
def test_mistakes_in_a_data_frame_are_told_like_those_in_a_file(own: pd.DataFrame, says: str) -> None:
    with pytest.raises(UserError, match=says):
        load_table(own)


def test_a_table_has_a_short_repr() -> None:
    assert (
        repr(load_table("taskonomy")) == "AffinityTable(taskonomy 16k ahp: 25 tasks, 528 measured transfers)"
    )
