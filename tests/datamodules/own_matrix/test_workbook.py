"""A user's Excel workbook."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from datamodules.own_matrix.reading import HowToRead
from datamodules.own_matrix.table import read_file

openpyxl = pytest.importorskip("openpyxl")
TASKS = ["001", "b", "c", "d", "e"]
FRAME = pd.DataFrame(np.arange(25.0).reshape(5, 5), index=TASKS, columns=TASKS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    FRAME.to_excel(tmp_path / "m.xlsx")
    return tmp_path / "m.xlsx"


def write_cell(path: Path, cell: Any) -> None:
    book = openpyxl.load_workbook(path)
    book.active["C2"] = cell
    book.save(path)


def test_the_first_sheet_is_read(path: Path) -> None:
    reading = read_file(path, HowToRead())
    assert reading.table.task_names == tuple(TASKS)
    np.testing.assert_array_equal(reading.table.value[0, 1:], [1, 2, 3, 4])
    assert reading.remarks[1:] == ("sheet 'Sheet1'",)
    with pd.ExcelWriter(path, mode="a") as writer:
        FRAME.to_excel(writer, sheet_name="other")
    assert read_file(path, HowToRead()).remarks[1:] == ("sheet 'Sheet1', the first of 2",)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("=B2+1", "the formula '=B2\\+1' has no value"),
        (pd.Timestamp("2020-01-02"), "neither text nor a number"),
        (True, "neither text nor a number"),
        ("#DIV/0!", "'#DIV/0!' is not a number"),
    ],
)
def test_what_is_no_number_is_refused(path: Path, cell: Any, message: str) -> None:
    write_cell(path, cell)
    with pytest.raises(UserError, match=message):
        read_file(path, HowToRead())


def test_a_damaged_workbook_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(UserError, match="the workbook is damaged"):
        read_file(path, HowToRead())
