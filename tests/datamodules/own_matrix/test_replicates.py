"""A user's long table with several runs of a pair: mean, deviation and count."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.own_matrix.table import read_own_table

# a -> b: 1, 3 and a blank; a -> c: 2, 4, 9; b -> c: 5 once; the diagonal twice; c -> d: never.
RUNS = (
    "source,seed,target,value\na,0,b,1\na,7,b,3\na,8,b,\na,0,c,2\na,7,c,4\na,8,c,9\nb,0,c,5\n"
    "a,0,a,6\na,1,a,8\nc,0,d,\n"
)
NAN = math.nan


def write(folder: Path, content: str) -> Path:
    (folder / "m.csv").write_text(content, encoding="utf-8")
    return folder / "m.csv"


@pytest.mark.parametrize("run_column", ["seed", "replicate"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("sign", [1, -1])
def test_runs_of_a_pair_become_mean_deviation_and_count(
    tmp_path: Path, run_column: str, suffix: str, sign: int
) -> None:
    path = write(tmp_path, RUNS.replace("seed", run_column))
    if suffix == ".parquet":
        pd.read_csv(path).to_parquet(tmp_path / "m.parquet", index=False)
        path = tmp_path / "m.parquet"
    table = read_own_table(path, lower_is_better=sign < 0)
    assert table.task_names == ("a", "b", "c", "d")
    np.testing.assert_array_equal(table.value[:2] * sign, [[NAN, 2, 5, NAN], [NAN, NAN, 5, NAN]])
    assert table.eligible.sum() == 3
    replicates = table.replicates
    assert replicates is not None
    assert replicates.runs is None
    assert replicates.count.tolist() == [[0, 2, 3, 0], [0, 0, 1, 0], [0] * 4, [0] * 4]
    # (1, 3): squares 1 + 1 over 1; (2, 4, 9): squares 9 + 1 + 16 over 2
    expected = np.full((4, 4), NAN)
    expected[0, 1], expected[0, 2] = math.sqrt(2), math.sqrt(13)
    np.testing.assert_allclose(replicates.deviation, expected, rtol=1e-15)


def test_without_a_column_of_runs_there_are_no_replicates(tmp_path: Path) -> None:
    once = [line for line in RUNS.splitlines() if line.split(",")[1] in ("seed", "0")]
    frame = pd.DataFrame([line.split(",") for line in once[1:]], columns=once[0].split(","))
    frame.drop(columns="seed").to_csv(tmp_path / "m.csv", index=False)
    assert read_own_table(tmp_path / "m.csv").replicates is None


def test_the_mean_alone_decides_the_hash(tmp_path: Path) -> None:
    pairs = "a,{0},b,{1}\na,{0},c,4\nb,{0},d,5\n"
    header = "source,seed,target,value\n"
    twice = write(tmp_path, header + pairs.format(0, 1) + pairs.format(1, 3))
    of_runs = read_own_table(twice).hash
    once = write(tmp_path, header + pairs.format(0, 2))
    assert read_own_table(once).hash == of_runs
