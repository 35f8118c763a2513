"""What would be read as another matrix is read as it is meant, and said, or refused with the fix."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from datamodules.own_matrix.reading import HowToRead, Reading
from datamodules.own_matrix.table import read_file

TASKS = [f"t{i}" for i in range(7)]
FIGURES = np.random.default_rng(0).normal(size=(7, 7)).round(3)
FRAME = pd.DataFrame(FIGURES, index=TASKS, columns=TASKS)
CSV = FRAME.to_csv()
LONG = FRAME.rename_axis("source").reset_index().melt("source", var_name="target")
LONG_CSV = LONG.to_csv(index=False)


def read(folder: Path, content: str | bytes, *, name: str = "m.csv", how: HowToRead | None = None) -> Reading:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(path, how or HowToRead())


def check_is_the_matrix(reading: Reading) -> None:
    assert sorted(reading.table.task_names) == TASKS
    order = [reading.table.task_names.index(task) for task in TASKS]
    expected = np.where(np.eye(7, dtype=bool), np.nan, FIGURES)
    np.testing.assert_array_equal(reading.table.value[np.ix_(order, order)], expected)
    assert reading.remarks[0] == "7 sources × 7 targets, 42 of 42 measured"


MEANT = {
    "space after commas": (CSV.replace(",", ", "), "m.csv", ["spaces after commas are left out"]),
    "space around names": (
        CSV.replace("\nt3,", "\n t3 ,"),
        "m.csv",
        ["white space around 1 name is left out: 't3 '"],
    ),
    "tabs": (CSV.replace(",", "\t"), "m.tsv", ["cells are separated by tabs"]),
    "tabs in a .csv": (CSV.replace(",", "\t"), "m.csv", ["cells are separated by tabs"]),
    "semicolons and decimal comma": (
        CSV.replace(",", ";").replace(".", ","),
        "m.csv",
        ["cells are separated by semicolons", "numbers have a decimal comma"],
    ),
    "compressed": (gzip.compress(CSV.encode()), "m.csv.gz", []),
    "the minus sign of typography": (
        CSV.replace("-", "−"),
        "m.csv",
        ["the minus sign U+2212 is read as a minus"],
    ),
    "long": (LONG_CSV, "m.csv", []),
    "long with pandas' index": (LONG.to_csv(), "m.csv", ["pandas' index is left out"]),
    "byte-order mark": ("\ufeff" + CSV, "m.csv", []),
}


@pytest.mark.parametrize(("content", "name", "remarks"), MEANT.values(), ids=MEANT)
def test_what_people_have_is_read_and_said(
    tmp_path: Path, content: str | bytes, name: str, remarks: list[str]
) -> None:
    reading = read(tmp_path, content, name=name)
    check_is_the_matrix(reading)
    assert list(reading.remarks[1:]) == remarks
    assert reading.table.name == "m"


@pytest.mark.parametrize("blank", ["NA", "n/a", "null", "None", "-", "–", ".", "?", " NaN "])
def test_words_for_a_blank_are_counted(tmp_path: Path, blank: str) -> None:
    reading = read(tmp_path, FRAME.where(~np.eye(7, dtype=bool)).to_csv(na_rep=blank))
    assert reading.remarks[1:] == (f"read as not measured: {blank.strip()!r} (7 cells)",)


def test_a_task_may_be_called_like_a_blank(tmp_path: Path) -> None:
    reading = read(tmp_path, CSV.replace("t3", "NA").replace("t4", "None"))
    assert {"NA", "None"} < {*reading.table.task_names}


def test_named_columns_and_transposing(tmp_path: Path) -> None:
    renamed = LONG.set_axis(["model", "data", "acc"], axis=1).assign(note="x", run=0)
    how = HowToRead(columns="source=model, target=data, value=acc")
    reading = read(tmp_path, renamed.to_csv(), how=how)
    check_is_the_matrix(reading)
    assert reading.remarks[1:] == ("columns that are left out: '', 'note', 'run'",)
    check_is_the_matrix(
        read(
            tmp_path,
            LONG.rename(columns={"source": "target", "target": "source"}).to_csv(index=False),
            how=HowToRead(columns="source=target,target=source,value=value"),
        )
    )
    transposed = read(tmp_path, FRAME.T.to_csv(), how=HowToRead(transpose=True))
    check_is_the_matrix(transposed)
    assert transposed.remarks[1:] == ("transposed: rows are targets",)


def test_what_is_on_one_side_and_what_is_empty_is_said(tmp_path: Path) -> None:
    frame = FRAME.drop(columns="t6").assign(extra=1.5)
    frame.loc["t2"] = np.nan
    assert read(tmp_path, frame.to_csv()).remarks == (
        "7 sources × 7 targets, 37 of 43 measured; on one side only: 't6', 'extra'; "
        "nothing measured from 't2'",
    )


def test_runs_of_a_pair_are_their_mean(tmp_path: Path) -> None:
    runs = pd.concat([LONG.assign(seed=0), LONG.assign(seed=1)])
    reading = read(tmp_path, runs.to_csv(index=False))
    check_is_the_matrix(reading)
    assert reading.table.replicates is not None
    assert reading.table.replicates.count.max() == 2


REFUSED = {
    "row names missing": (FRAME.to_csv(index=False), "the first column holds numbers ('0.126', '0.947'"),
    "header missing": (FRAME.to_csv(header=False), "the header holds numbers ('0.126', '-0.132'"),
    "both missing": (FRAME.to_csv(index=False, header=False), "both the header and the first column hold"),
    "row numbers for names": (
        FRAME.reset_index(drop=True).to_csv(),
        "the first column holds numbers ('0', '1'",
    ),
    "index written twice": (
        FRAME.reset_index(drop=True).reset_index(names="Unnamed: 0").set_index(FRAME.index).to_csv(),
        "column 'Unnamed: 0' looks like an index of pandas",
    ),
    "index among the columns": (
        FRAME.reset_index(drop=True).reset_index(names="id").set_index(FRAME.index).to_csv(),
        "column 'id' looks like an index of pandas",
    ),
    "long, other names": (
        LONG.set_axis(["from", "to", "score"], axis=1).to_csv(index=False),
        "--columns 'source=from,target=to,value=score'",
    ),
    "long, numbers for names, with an index": (
        LONG.replace({task: task[1:] for task in TASKS}).set_axis(["src", "dst", "w"], axis=1).to_csv(),
        "--columns 'source=src,target=dst,value=w'",
    ),
    "long, one column too many": (LONG.assign(note=1).to_csv(index=False), "unknown: 'note'"),
    "average": (FRAME.assign(avg=FRAME.mean(axis=1)).to_csv(), "the column 'avg' looks like a summary"),
    "total row": (CSV + "Mean" + ",0.1" * 7 + "\n", "the row 'Mean' looks like a summary"),
    "case": (CSV.replace("\nt3", "\nT3"), "differ only by case: 'T3' and 't3'"),
    "white space inside": (CSV.replace("\nt3", "\nt 3"), "differ only by white space: 't 3' and 't3'"),
    "Unicode form": (
        CSV.replace("\nt3", "\ncafe\u0301").replace("t3", "caf\u00e9"),
        "differ only by Unicode form",
    ),
    "no width": (CSV.replace("\nt3", "\nt3\u200b"), "a character that is not visible: 't3\\u200b' and 't3'"),
    "second header, blank": (
        CSV.replace("\n", "\nsource,,,,,,,\n", 1),
        "row 2 ('source') looks like a second",
    ),
    "second header, numbers": (
        CSV.replace("\n", "\nid,0,1,2,3,4,5,6\n", 1),
        "row 2 ('id') looks like a second",
    ),
    "too large": ((FRAME * 1e307).to_csv(), "such numbers cannot be squared. Rescale"),
    "too small": ((FRAME * 1e-307).to_csv(), "such numbers cannot be squared. Rescale"),
    "rounding errors": ((1 + FRAME * 1e-15).to_csv(), "up to rounding: they differ by"),
    "thousands": (
        CSV.replace(",", ";").replace(".", ",").replace("t1;", "t1;1234.5;", 1).replace("t2;", ""),
        "cells, but the header has",
    ),
    "points and commas": (
        CSV.replace(",", ";").replace(".", ",").replace("\nt0;0,126", "\nt0;0.126"),
        "'0.126' has a decimal point, but other numbers have a comma",
    ),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_would_be_misread_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, content)
    assert message in str(caught.value)


def test_a_tasks_file_that_spells_a_task_differently_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tasks.csv").write_text("name,group\nt0,g\nT1,g\n")
    with pytest.raises(UserError, match="differ only by case: 't1' and 'T1'"):
        read(tmp_path, CSV, how=HowToRead(tasks=tmp_path / "tasks.csv"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda frame: frame.set_axis(pd.MultiIndex.from_product([["a"], TASKS]), axis=1), "has 2 levels"),
        (
            lambda frame: frame.set_axis(pd.MultiIndex.from_product([["a"], TASKS])),
            "'a'",
        ),
        (lambda frame: frame.reset_index(drop=True), "the first column holds numbers"),
    ],
)
def test_an_index_of_levels_in_parquet(
    tmp_path: Path, make: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    make(FRAME).to_parquet(tmp_path / "m.parquet")
    with pytest.raises(UserError, match=message):
        read_file(tmp_path / "m.parquet", HowToRead())


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datamodules.own_matrix.grid.MAX_BYTES", 10**6)
    with pytest.raises(UserError, match="it unpacks to more than 1,000,000 bytes"):
        read(tmp_path, gzip.compress(bytes(10**7)), name="m.csv.gz")
    with pytest.raises(UserError, match="damaged or truncated"):
        read(tmp_path, gzip.compress(CSV.encode())[:-9], name="m.csv.gz")
