"""Every mistake in a user's files has one message: what, where, what was found, and how to mend it."""

import os
from pathlib import Path

import pandas as pd
import pytest

from datamodules.errors import UserError
from datamodules.own_matrix import block, grid
from datamodules.own_matrix.table import read_own_table

WIDE = "from,c,a,d\na,1,9,2\nb,,-3.5,NaN\nc,8,.5e1,6\n"
LONG = "value,target,source\n1,c,a\n9,a,a\n2,d,a\n,c,b\n-3.5,a,b\nnan,d,b\n8,c,c\n5,a,c\n6,d,c\n"
TASKS = "name,size,group,kind,depth\nd,1e3,g,,-1\nunknown,huge,,,\na,10, ,map,0.25\nb,2,NA,001,3\nc,4,g,,7\n"


def write(folder: Path, content: str | bytes, name: str = "m.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refuse(path: Path, *, tasks: Path | None = None) -> str:
    """The message, which names the file first and is one line."""
    with pytest.raises(UserError) as caught:
        read_own_table(path, tasks=tasks)
    assert type(caught.value) is UserError
    message = str(caught.value)
    start = f"{tasks or path}: "
    assert message.startswith(start)
    assert message.isprintable()
    return message.removeprefix(start)


CSV_REFUSALS = {
    "empty": ("", "the file is empty. A table needs a header and rows below it."),
    "blank lines only": ("\ufeff\n\r\n\n", "the file is empty. A table needs a header and rows below it."),
    "header only": ("from,a,b\n", "there are no rows below the header. Add what was measured."),
    "one column": (
        "from a b\nc 1 2\n",
        "the header has one column, 'from a b', but a table needs at least two. "
        "Separate cells by commas, semicolons or tabs.",
    ),
    "ragged, short": (
        "from,a,b\nc,1,2\nd,1\n",
        "row 3 ('d') has 2 cells, but the header has 3. "
        "Give every row one cell per column, and quote names that contain a comma.",
    ),
    "ragged, long": ("from,a,b\nc,1,2,3\n", "row 2 ('c') has 4 cells, but the header has 3."),
    "open quote": (
        'from,a,b\n"c,1,2\nd,3,4\n',
        "row 2 is not valid CSV (unexpected end of data). "
        'Close every double quote, and double a quote inside a quoted cell, as in "a ""b""".',
    ),
    "long cell": (
        "from,a\n" + "x" * 200_000 + ",1\n",
        "row 2 is not valid CSV (field larger than field limit",
    ),
    "Latin-1": (
        "from,a,b\nc,1,2\nd\u00e9,3,4\n".encode("latin-1"),
        "line 3 is not UTF-8 text (byte 0xe9); this may be a file of another kind or encoding. "
        "Export the table as CSV in UTF-8.",
    ),
    "UTF-16": (WIDE.encode("utf-16"), "this is not UTF-8 text but UTF-16 text."),
    "PNG": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "this is not UTF-8 text but a PNG image. Export the table as CSV in UTF-8.",
    ),
    "JPEG": (b"\xff\xd8\xff\xe0JFIF", "line 1 is not UTF-8 text (byte 0xff); this may be a JPEG image."),
    "Excel": (b"PK\x03\x04\x14\0", "this is not UTF-8 text but an Excel workbook or a ZIP archive."),
    "NUL": ("from,a\nb,1\0\n", "this is not UTF-8 text but a file of another kind or encoding."),
    "junk": (bytes(range(128, 256)), "line 1 is not UTF-8 text (byte 0x80)"),
    "cell": (
        WIDE.replace("-3.5", "n/b"),
        "row 3 ('b'), column 'a': 'n/b' is not a number. "
        "Write a finite number such as 0.83, with a decimal point, or leave the cell blank.",
    ),
    "cell, long form": (
        LONG.replace("-3.5", "x"),
        "row 6 ('b' -> 'a'), column 'value': 'x' is not a number.",
    ),
    "cell on the diagonal": (WIDE.replace("9", "+"), "row 2 ('a'), column 'a': '+' is not a number."),
    "cell behind a blank line": (
        "\n" + WIDE.replace("-3.5", "\x1b[31m"),
        "row 4 ('b'), column 'a': '\\x1b[31m' is",
    ),
    "infinity": (
        WIDE.replace("-3.5", "-inf"),
        "row 3 ('b'), column 'a': '-inf' is infinite. "
        "Write a finite number such as 0.83, with a decimal point, or leave the cell blank.",
    ),
    "overflow": (WIDE.replace("-3.5", "1e999"), "row 3 ('b'), column 'a': '1e999' is infinite."),
    "empty source": (
        WIDE.replace("b,", " ,"),
        "row 3: the name is empty. Name it, or delete the whole row or column.",
    ),
    "empty target": ("from,a,b,\nc,1,2,\n", "column 4: the name is empty."),
    "empty source, long form": (
        LONG.replace("-3.5,a,b", "-3.5,a,"),
        "row 6, column 'source': the name is empty.",
    ),
    "empty target, long form": (
        LONG.replace("-3.5,a,b", "-3.5,,b"),
        "row 6, column 'target': the name is empty.",
    ),
    "source twice": (
        WIDE.replace("b,", "a,"),
        "the same name twice: rows 2 and 3 are both 'a'. Rename or delete one.",
    ),
    "target twice": (
        WIDE.replace("from,c", "from,d"),
        "the same name twice: columns 2 and 4 are both 'd'. Rename or delete one.",
    ),
    "pair twice": (
        LONG + "7,a,b\n",
        "the same pair twice: rows 6 and 11 are both 'b' -> 'a'. "
        "Keep one row per pair, or add a column 'seed' that tells runs apart: their mean is taken.",
    ),
    "pair twice with one seed": (
        "seed,source,target,value\n0,a,b,1\n1,a,b,2\n0,a,b,3\n",
        "the same pair twice with the same seed: rows 2 and 4 are both 'a' -> 'b'. "
        "Keep one row per pair and seed.",
    ),
    "blank seed": (
        "source,target,value,replicate\na,b,1,0\na,b,2,\n",
        "row 3, column 'replicate': the run is blank. Number the runs of every pair.",
    ),
    "seed and replicate": (
        "source,target,value,seed,replicate\na,b,1,0,0\n",
        "not both: 'seed', 'replicate'. Rename",
    ),
    "huge values of two seeds": (
        "source,target,value,seed\na,b,1e308,0\na,b,1e308,1\n",
        "the values are too large to take their mean. Scale them down.",
    ),
    "values too large for a deviation": (
        "source,target,value,seed\na,b,1e200,0\na,b,2e200,1\n",
        "the values are too large to take their mean. Scale them down.",
    ),
    "column missing": (
        "source,target\na,b\n",
        "a table with the columns source and target must have source, target, value, at most seed or "
        "replicate beside them, and no other; "
        "missing: 'value'. Rename, add or delete columns, or say which to read: "
        "--columns source=…,target=…,value=….",
    ),
    "column unknown": ("source,target,value,run\na,b,1,0\n", "unknown: 'run'."),
    "column misspelt": ("Source,Target,Score\na,b,1\n", "unknown: 'Source', 'Target', 'Score'."),
    "column twice": ("source,target,value,value\na,b,1,0\n", "twice: 'value'."),
    "a column without a name": (",source,target,value\n7,a,b,1\n", "unknown: ''."),
    "three tasks": (
        "from,a,b,c\na,1,2,3\n",
        "3 tasks ('a', 'b', 'c'), but at least 4 are needed. Add tasks as sources or targets.",
    ),
    "nothing measured": (
        "from,a,b,c,d\na,1,,,\nb,,2,nan,\n",
        "no transfer between two different tasks is measured; the diagonal does not count. "
        "Fill in some cells off the diagonal.",
    ),
    "constant": (
        "from,a,b,c,d\na,1,.5,0.50,5e-1\n",
        "a constant matrix: every measured transfer is 0.5 (as given). "
        "Check the values: there is nothing to rank.",
    ),
}


@pytest.mark.parametrize(("content", "message"), CSV_REFUSALS.values(), ids=CSV_REFUSALS)
def test_a_mistake_in_a_csv_has_one_message(tmp_path: Path, content: str | bytes, message: str) -> None:
    assert message in refuse(write(tmp_path, content))


@pytest.mark.parametrize("cell", ["1_000", "1,000", "0x1f", "٣", "85%", "1 2", "e5", "+", "True", "1d3"])
def test_what_only_looks_like_a_number_is_none(tmp_path: Path, cell: str) -> None:
    assert f"{cell!r} is not a number" in refuse(write(tmp_path, WIDE.replace("-3.5", f'"{cell}"')))


def test_a_long_run_of_digits_takes_no_time(tmp_path: Path) -> None:
    digits = "1" * 130_000
    assert "is not a number" in refuse(write(tmp_path, WIDE.replace("-3.5", digits + "x")))
    assert "is infinite" in refuse(write(tmp_path, WIDE.replace("-3.5", digits)))


def test_no_such_file(tmp_path: Path) -> None:
    assert refuse(tmp_path / "m.csv") == "there is no such file. Check the path."
    assert refuse(write(tmp_path, WIDE) / "m.csv") == "there is no such file. Check the path."


@pytest.mark.parametrize("name", ["a\0.csv", "a" * 5000 + ".csv"])
def test_an_impossible_path(name: str) -> None:
    with pytest.raises(UserError, match="the file cannot be opened"):
        read_own_table(Path(name))


def test_a_folder(tmp_path: Path) -> None:
    assert refuse(tmp_path) == "this is a folder. Name the .csv or .parquet file in it."


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.csv")
    assert refuse(tmp_path / "m.csv").startswith("this is not a regular file.")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_bytes(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = write(tmp_path, WIDE)
    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert refuse(path).startswith("the file cannot be opened ([Errno 13] Permission denied")


@pytest.mark.parametrize("name", ["m.xls", "m", "m.gz", "m.txt", ".csv"])
def test_another_ending(tmp_path: Path, name: str) -> None:
    ending = Path(name).suffix
    assert refuse(write(tmp_path, WIDE, name)) == (
        "a table is read from .csv, .tsv, .csv.gz, .tsv.gz, .parquet, .xlsx, but this file ends in "
        f"{ending!r}. Export it as one of these."
    )


@pytest.mark.parametrize("name", ["m.csv", "m.parquet"])
def test_a_huge_file_is_refused_by_its_size_alone(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(5 * 2**30)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the file is read"))
    assert refuse(path) == (
        "the file has 5,368,709,120 bytes, but the limit is 1,073,741,824. Provide only the affinity matrix."
    )


def test_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, long = write(tmp_path, WIDE), write(tmp_path, LONG, "long.csv")
    monkeypatch.setattr(grid, "MAX_BYTES", len(WIDE))
    read_own_table(path)
    monkeypatch.setattr(grid, "MAX_BYTES", len(WIDE) - 1)
    assert "the limit is" in refuse(path)
    monkeypatch.undo()
    monkeypatch.setattr(grid, "MAX_CELLS", 11)
    assert refuse(path) == "the table has more than 11 cells. Provide only the affinity matrix."
    monkeypatch.undo()
    monkeypatch.setattr(block, "MAX_TASKS", 3)
    for each in (path, long):
        assert refuse(each) == (
            "there are 4 tasks, and the limit is 3. Check that sources and targets are tasks, or bring fewer."
        )


@pytest.mark.parametrize(
    ("content", "kind"),
    [(WIDE.encode(), "a file of another kind or encoding"), (b"\x89PNG\r\n\0", "a PNG image")],
)
def test_another_kind_renamed_to_parquet(tmp_path: Path, content: bytes, kind: str) -> None:
    path = write(tmp_path, content, "m.parquet")
    fix = "If it is text, rename it to end in .csv; otherwise export it as Parquet."
    assert refuse(path) == f"this is not a Parquet file but {kind}. " + fix


def test_parquet_renamed_to_csv(tmp_path: Path) -> None:
    pd.DataFrame({"from": ["a"], "b": [1.0]}).to_parquet(tmp_path / "m.csv")
    assert (
        refuse(tmp_path / "m.csv")
        == "this is not UTF-8 text but a Parquet file. Export the table as CSV in UTF-8."
    )


def test_an_empty_parquet_file(tmp_path: Path) -> None:
    assert refuse(write(tmp_path, "", "m.parquet")).startswith("the file is empty.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty."),
        (
            "Name,size\na,1\n",
            "the column 'name' is missing; the columns are 'Name', 'size'. Call the column with",
        ),
        (",name\n0,a\n", "column 1: the name is empty."),
        ("name,size,size\na,1,1\n", "the same name twice: columns 2 and 3 are both 'size'."),
        ("name,size\na,1\nb,1\na,1\n", "the same name twice: rows 2 and 4 are both 'a'."),
        ("name,size\n,1\n", "row 2: the name is empty."),
        (
            "name,size\nA,1\nB,2\n",
            "none of its names is a task of m.csv: 'A', 'B' here, 'a', 'b', 'c', 'd' there. "
            "Spell the tasks as in the matrix.",
        ),
        (
            "name,size\na,1\nc,2\n",
            "2 of the 4 tasks of m.csv have no row: 'b', 'd'. "
            "Add them, or leave out the numeric columns ('size').",
        ),
        (
            TASKS.replace("b,2,", "b,,"),
            "row 5 ('b'), column 'size': '' is not a number. "
            "Write a finite number such as 0.83, with a decimal point; "
            "only name, group, kind and description are text.",
        ),
        (TASKS.replace("b,2,", "b,NaN,"), "row 5 ('b'), column 'size': 'NaN' is not a number."),
        (TASKS.replace("b,2,", "b,big,"), "row 5 ('b'), column 'size': 'big' is not a number."),
        (TASKS.replace("b,2,", "b,inf,"), "row 5 ('b'), column 'size': 'inf' is infinite."),
    ],
)
def test_a_mistake_has_one_message(tmp_path: Path, content: str, message: str) -> None:
    tasks = write(tmp_path, content, "tasks.csv")
    assert refuse(write(tmp_path, WIDE), tasks=tasks).startswith(message)


def test_numbers_are_no_groups(tmp_path: Path) -> None:
    tasks = tmp_path / "tasks.parquet"
    pd.DataFrame({"name": ["a", "b"], "group": [1, 2]}).to_parquet(tasks)
    message = refuse(write(tmp_path, WIDE), tasks=tasks)
    assert message.startswith("row 2, column 'group': the name is the number 1.0. Store names as text")


def test_no_tasks_file(tmp_path: Path) -> None:
    assert refuse(write(tmp_path, WIDE), tasks=tmp_path / "tasks.csv").startswith("there is no such file.")
