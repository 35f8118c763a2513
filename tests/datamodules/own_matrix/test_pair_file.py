"""A user's file of pair features: joined by names, and refused with one line that says why."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.load_table import load_table

MATRIX = "name,a,b,c,d\na,,1,2,4\nb,5,,6,2\nc,3,1,,7\nd,2,8,4,\n"
Read = Callable[[str], AffinityTable]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def of(pairs: str) -> AffinityTable:
        for name, text in (("own.csv", MATRIX), ("pairs.csv", pairs)):
            (tmp_path / name).write_text(text)
        return load_table(tmp_path / "own.csv", pairs=tmp_path / "pairs.csv")

    return of


def test_rows_are_transfers_and_columns_are_features(read: Read) -> None:
    table = read("target,distance,source,overlap\nb,0.5,a,9\na,0.25,d,\n")
    assert list(table.pairs) == ["distance", "overlap"]
    expected = np.full((4, 4), np.nan)
    expected[0, 1], expected[3, 0] = 0.5, 0.25
    np.testing.assert_array_equal(table.pairs["distance"], expected)
    assert np.isfinite(table.pairs["overlap"]).sum() == 1


REFUSED = {
    "no source": ("from,target,x\na,b,1\n", "missing: 'source'"),
    "no number": ("source,target\na,b\n", "missing: a column of numbers"),
    "reserved": ("source,target,all\na,b,1\n", "a column is called 'all'. Call it something else"),
    "unknown": (
        "source,target,x\na,b,1\na,B,1\n",
        "1 of its tasks are not in own.csv: 'B', the first in row 3",
    ),
    "none in common": ("source,target,x\nA,B,1\n", "none of its tasks is one of own.csv: 'A', 'B' here"),
    "twice": (
        "source,target,x\na,b,1\nb,a,1\na,b,2\n",
        "the same pair twice: rows 2 and 4 are both 'a' -> 'b'",
    ),
    "text": ("source,target,x\na,b,far\n", "row 2 ('a' -> 'b'), column 'x': 'far' is not a number"),
    "infinite": ("source,target,x\na,b,inf\n", "row 2 ('a' -> 'b'), column 'x': 'inf' is infinite"),
    "column twice": ("source,target,x,x\na,b,1,1\n", "the same name twice: columns 3 and 4 are both 'x'"),
    "the matrix": (
        "source,target,x\n"
        + "".join(
            f"{source},{target},{-2 * value}\n"
            for source, target, value in [("a", "b", 1), ("a", "c", 2), ("b", "a", 5), ("d", "b", 8)]
        ),
        "column 'x' repeats the affinities of own.csv, which are to be recovered. Leave it out",
    ),
}


@pytest.mark.parametrize(("pairs", "message"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_one_line_with_its_place_and_its_fix(read: Read, pairs: str, message: str) -> None:
    with pytest.raises(UserError) as refused:
        read(pairs)
    words = str(refused.value)
    assert message in words
    assert "pairs.csv: " in words
    assert "\n" not in words
    assert words.endswith(".")


def test_a_published_dataset_takes_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="pairs are for a matrix of your own"):
        load_table("taskonomy", pairs=tmp_path / "pairs.csv")
