"""A user's Parquet file: what pandas writes is understood, and nothing but text and numbers is taken."""

import math
import os
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datamodules.errors import UserError
from datamodules.own_matrix import grid
from datamodules.own_matrix.table import read_own_table

WIDE = pd.DataFrame({"from": ["a", "b", "c"], "a": [9, -3.5, 5], "c": [1, None, 8], "d": [2.0, 3.0, 4.0]})
LONG = WIDE.melt("from", var_name="target").rename(columns={"from": "source"}).dropna()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m.parquet"


def refuse(path: Path) -> str:
    """The message, less the file that it names first."""
    with pytest.raises(UserError) as caught:
        read_own_table(path)
    return str(caught.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    "frame",
    [
        WIDE,
        WIDE.set_index("from"),
        WIDE.set_index("from").rename_axis(None),
        WIDE.set_index(pd.Index([3, 1, 2])),
        WIDE.astype({"from": "category", "c": str}),
        LONG,
        LONG.reset_index(drop=True),
        LONG.set_index("target"),
        LONG.set_index(["target", "source"]),
    ],
)
def test_however_pandas_writes_it_it_is_one_table(path: Path, frame: pd.DataFrame) -> None:
    """An index of text is a column, and comes first; one of numbers is not."""
    frame.to_parquet(path)
    table = read_own_table(path)
    nan = np.nan
    assert sorted(table.task_names) == ["a", "b", "c", "d"]
    order = [table.task_names.index(name) for name in "abcd"]
    np.testing.assert_array_equal(
        table.value[np.ix_(order, order)],
        [[nan, nan, 1, 2], [-3.5, nan, nan, 3], [5, nan, nan, 4], [nan, nan, nan, nan]],
    )


@pytest.mark.parametrize(
    "kind",
    [pa.int8(), pa.uint64(), pa.float16(), pa.float32(), pa.decimal128(9, 2), pa.string(), pa.large_string()],
)
def test_every_type_of_number_and_numbers_as_text(path: Path, kind: pa.DataType) -> None:
    cells = ["1", "2", None] if "string" in str(kind) else [Decimal(1), Decimal(2), None]
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        cells = [1, 2, None]
    names = pa.array(["a", "b", "c"]).dictionary_encode()
    pq.write_table(pa.table({"from": names, "t": pa.array(cells, kind)}), path)
    table = read_own_table(path)
    np.testing.assert_array_equal(table.value[:3, 3], [1, 2, np.nan])


def test_nothing_is_unpickled(path: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    columns = {"from": pa.array(["a", "b", "c"]), "t": pa.array([pickle.dumps(Trap())] * 3)}
    pq.write_table(pa.table(columns), path)
    assert "column 't' holds binary" in refuse(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pa.array([True, False, None]),
            "column 't' holds bool, but only text and numbers are read.",
        ),
        (pa.array([[1.0], [2.0], None]), "column 't' holds list<"),
        (pa.array([{"a\x1b": 1}, None, None]), "column 't' holds struct<a\\x1b: int64>, but"),
        (pa.array([0, 1, 2], pa.timestamp("ns", "UTC")), "column 't' holds timestamp[ns, tz=UTC]"),
        (pa.array([1.0, math.inf, 2.0]), "row 3 ('b'), column 't': the number inf is infinite."),
        (pa.array(["1", "x", "2"]), "row 3 ('b'), column 't': 'x' is not a number."),
    ],
)
def test_other_columns_are_refused(path: Path, column: pa.Array, message: str) -> None:
    pq.write_table(pa.table({"from": ["a", "b", "c"], "t": column}), path)
    assert refuse(path).startswith(message)


def test_numbers_are_no_names(path: Path) -> None:
    pq.write_table(pa.table({"from": [1, 2, 3], "t": [1.0, 2.0, 3.0]}), path)
    message = refuse(path)
    assert message.startswith("the first column holds numbers ('1.0', '2.0', '3.0'), not names")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({}), "the file is empty."),
        (pa.table({"a": ["x"]}), "the header has one column, 'a', but a table needs at least two."),
        (pa.table({"a": pa.array([], "string"), "b": pa.array([], "double")}), "there are no rows below"),
        (
            pa.table([["x"], [1], [2]], names=["a", "b", "b"]),
            "the same name twice: columns 2 and 3 are both 'b'.",
        ),
        (pa.table({"a": ["x", None], "b": [1, 2]}), "row 3: the name is empty."),
    ],
)
def test_a_bad_shape_is_refused(path: Path, table: pa.Table, message: str) -> None:
    pq.write_table(table, path)
    assert refuse(path).startswith(message)


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(path: Path) -> None:
    rows = grid.MAX_CELLS // 2 + 1
    column = pa.nulls(rows)
    pq.write_table(pa.table({"a": column, "b": column}), path)
    assert path.stat().st_size < 10**6
    assert refuse(path) == (
        "the table has 100,000,002 cells, but the limit is 100,000,000. Provide only the affinity matrix."
    )


def test_a_file_cut_short(path: Path) -> None:
    WIDE.to_parquet(path)
    path.write_bytes(path.read_bytes()[:-100])
    message = refuse(path)
    assert message.startswith("the Parquet file is damaged or truncated (")
    assert message.endswith("). Write it again.")
    assert message.isprintable()
