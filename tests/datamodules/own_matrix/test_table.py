"""A user's matrix is read to the letter, in either form and format, and so is what is known of its tasks."""

import csv
import math
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.own_matrix.checks import check_benchable
from datamodules.own_matrix.table import read_own_table

NAN = math.nan
WIDE = "from,c,a,d\na,1,9,2\nb,,-3.5,NaN\nc,8,.5e1,6\n"
LONG = "value,target,source\n1,c,a\n9,a,a\n2,d,a\n,c,b\n-3.5,a,b\nnan,d,b\n8,c,c\n5,a,c\n6,d,c\n"
NAMES = ("a", "b", "c", "d")
VALUE = [[NAN, NAN, 1, 2], [-3.5, NAN, NAN, NAN], [5, NAN, NAN, 6], [NAN, NAN, NAN, NAN]]
TASKS = "name,size,group,kind,depth\nd,1e3,g,,-1\nunknown,huge,,,\na,10, ,map,0.25\nb,2,NA,001,3\nc,4,g,,7\n"


def write(folder: Path, content: str | bytes, name: str = "m.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def to_parquet(csv_path: Path) -> Path:
    """The same table as Parquet: columns of numbers where every cell is one, else text."""
    frame = pd.read_csv(csv_path, keep_default_na=False, na_values=["", "NaN", "nan"])
    frame.to_parquet(csv_path.with_suffix(".parquet"), index=False)
    return csv_path.with_suffix(".parquet")


def check_is_the_example(own: AffinityTable) -> None:
    table = own
    assert table.task_names == NAMES
    np.testing.assert_array_equal(table.value, VALUE)
    np.testing.assert_array_equal(table.eligible, np.isfinite(VALUE))
    assert (table.name, table.regime, table.label, table.unit) == ("m", "own", "value", "as given")
    assert table.groups == table.kinds == ("",) * 4
    assert own.features is None
    assert own.feature_names == ()


@pytest.mark.parametrize("convert", [Path, to_parquet], ids=["csv", "parquet"])
@pytest.mark.parametrize("content", [WIDE, LONG], ids=["wide", "long"])
def test_both_forms_in_both_formats_are_one_table(
    tmp_path: Path, content: str, convert: Callable[[Path], Path]
) -> None:
    """Sources first, then targets; the diagonal is read, and left out."""
    check_is_the_example(read_own_table(convert(write(tmp_path, content))))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + WIDE.encode(),
        WIDE.replace("\n", "\r\n"),
        WIDE.replace("\n", "\r"),
        "\n\n" + WIDE.replace("\n", "\n\n"),
        WIDE.rstrip("\n"),
        WIDE.replace("1,9,2", ' 1 ,"9"," +2.0E0"'),
        WIDE.replace("from", "").replace("NaN", "  "),
        b"\xef\xbb\xbf" + WIDE.replace("from", '"from"').encode(),
        b"\xef\xbb\xbf" + LONG.encode(),
    ],
)
def test_the_ways_to_write_a_csv_do_not_matter(tmp_path: Path, content: str | bytes) -> None:
    check_is_the_example(read_own_table(write(tmp_path, content)))


def test_lower_is_better_negates(tmp_path: Path) -> None:
    path = write(tmp_path, WIDE)
    table = read_own_table(path, lower_is_better=True)
    np.testing.assert_array_equal(table.value, -np.array(VALUE))
    np.testing.assert_array_equal(table.eligible, np.isfinite(VALUE))
    assert table.unit == "as given, negated"
    assert table.hash != read_own_table(path).hash


@pytest.mark.parametrize("suffix", [".csv", ".CSV", ".parquet", ".Parquet"])
def test_names_survive_to_the_letter(tmp_path: Path, suffix: str) -> None:
    names = [
        "001",
        "1.0",
        "1e3",
        "NA",
        "nan",
        "None",
        "True",
        "2020-01-01",
        "a",
        "x,y",
        'q"q',
    ]
    names += ["é", "任务", "🙂", "\ufeffb", "line\nbreak", "cr\rlf\r\n.", "a\ttab", "=1+1", "#", "'"]
    path = tmp_path / f"a name, too{suffix}"
    cells = np.arange(len(names) ** 2, dtype=float).reshape(len(names), -1)
    if suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [["", *names], *([n, *row] for n, row in zip(names, cells, strict=True))]
            )
    else:
        pq.write_table(pa.table([names, *cells.T], names=["", *names]), path)
    table = read_own_table(path)
    assert table.task_names == tuple(names)
    assert table.name == "a name, too"
    np.testing.assert_array_equal(table.value[table.eligible], cells[~np.eye(len(names), dtype=bool)])


def test_rectangular_and_bipartite_tables_live_in_a_square(tmp_path: Path) -> None:
    table = read_own_table(write(tmp_path, ",x,y,z\na,1,2,3\nb,4,5,\n"))
    assert table.task_names == ("a", "b", "x", "y", "z")
    assert table.eligible.tolist() == [[0, 0, 1, 1, 1], [0, 0, 1, 1, 0]] + [[0] * 5] * 3


def test_one_target_is_enough(tmp_path: Path) -> None:
    table = read_own_table(write(tmp_path, ",t\na,1\nb,2\nc,3\n"))
    assert table.value[:3, 3].tolist() == [1, 2, 3]


def test_the_table_feeds_a_data_module(tmp_path: Path) -> None:
    """Tasks with too few transfers for every split are no obstacle to reading."""
    names = [f"task {i}" for i in range(6)]
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(6, 6)), index=names, columns=names)
    frame.to_csv(tmp_path / "m.csv")
    table = read_own_table(tmp_path / "m.csv")
    check_benchable(table)
    module = AffinityDataModule(table=table, numbers=[0])
    assert module.episode(0, stage="fit").graph.eligible.sum() == 30


def test_reading_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = write(tmp_path, WIDE)
    path.chmod(stat.S_IRUSR)
    check_is_the_example(read_own_table(path))
    assert path.read_text("utf-8") == WIDE


@pytest.mark.parametrize("as_parquet", [False, True])
def test_it_is_joined_by_name(tmp_path: Path, as_parquet: bool) -> None:
    """Other rows are ignored, a blank group is none, and no word turns into a number or a gap."""
    tasks = write(tmp_path, TASKS, "tasks.csv")
    if as_parquet:
        frame = pd.read_csv(tasks, dtype=str, keep_default_na=False)
        frame["depth"] = pd.to_numeric(frame["depth"])
        tasks = tmp_path / "tasks.parquet"
        frame.to_parquet(tasks)
    own = read_own_table(write(tmp_path, WIDE), tasks=tasks)
    assert own.task_names == NAMES
    assert own.groups == ("", "NA", "g", "g")
    assert own.kinds == ("map", "001", "", "")
    assert own.feature_names == ("size", "depth")
    assert own.features is not None
    assert own.features.tolist() == [[10, 0.25], [2, 3], [4, 7], [1000, -1]]


def test_names_and_groups_may_be_partial_without_numbers(tmp_path: Path) -> None:
    tasks = write(tmp_path, "group,name\ng,c\nh,other\n", "tasks.csv")
    own = read_own_table(write(tmp_path, WIDE), tasks=tasks)
    assert own.groups == ("", "", "g", "")
    assert own.kinds == ("",) * 4
    assert own.features is None
