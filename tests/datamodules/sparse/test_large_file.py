"""Which files are too large for a matrix, and that text and Parquet are read alike."""

from pathlib import Path

import pandas as pd
import pytest

from datamodules.errors import UserError
from datamodules.sparse import large_file
from datamodules.sparse.gravity_hub import GravityHub
from datamodules.sparse.large_file import check_for_large, find_large_file
from datamodules.sparse.parquet import write_sparse_table


@pytest.fixture(autouse=True)
def few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_file, "MOST_PAIRS", 10)


def frame() -> pd.DataFrame:
    rows = [("a", "t", 0.5), ("b", "t", 0.25), ("c", "u", 1.0), ("a", "u", 0.0), ("d, e", "v", 2.0)]
    return pd.DataFrame(rows, columns=["source", "target", "value"])


def write(frame: pd.DataFrame, path: Path) -> str:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if ".tsv" in path.name else ",")
    return str(path)


@pytest.mark.parametrize("name", ["own.parquet", "own.csv", "own.csv.gz", "own.tsv"])
def test_every_kind_of_file_is_the_same_table(name: str, tmp_path: Path) -> None:
    file = find_large_file(write(frame(), tmp_path / name))
    assert file is not None
    assert (file.rows, file.sources, file.targets) == (5, 4, 3)
    table = file.read(lower_is_better=True)
    assert (table.name, table.source_names, table.target_names) == (
        "own",
        ("a", "b", "c", "d, e"),
        ("t", "u", "v"),
    )
    found = zip(table.source.tolist(), table.target.tolist(), table.value.tolist(), strict=True)
    assert sorted(found) == [(0, 0, -0.5), (0, 1, 0.0), (1, 0, -0.25), (2, 1, -1.0), (3, 2, -2.0)]
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_a_hub_is_read_as_it_was_written(hub: GravityHub, tmp_path: Path) -> None:
    write_sparse_table(hub.table, tmp_path / "gravity-hub.parquet")
    file = find_large_file(str(tmp_path / "gravity-hub.parquet"))
    assert file is not None
    assert file.read().hash == hub.table.hash
    assert str(file).startswith(
        "gravity-hub.parquet: 200 sources × 40 targets, 2,000 measured (25.00%); more than"
    )


@pytest.mark.parametrize(
    "small",
    [
        pytest.param(frame()[:3], id="few pairs"),
        pytest.param(frame().assign(seed=1), id="several runs"),
        pytest.param(frame().pivot(index="source", columns="target")["value"].reset_index(), id="wide"),
    ],
)
def test_what_is_a_matrix_stays_one(small: pd.DataFrame, tmp_path: Path) -> None:
    for name in ("own.csv", "own.parquet"):
        assert find_large_file(write(small, tmp_path / name)) is None
    assert find_large_file("taskonomy") is None


def test_columns_under_other_names(tmp_path: Path) -> None:
    names = {"source": "model, base", "target": "data", "value": "acc"}
    path = write(frame().rename(columns=names).assign(note="x"), tmp_path / "own.csv")
    assert find_large_file(path) is None
    file = find_large_file(path, columns='"source=model, base",target=data,value=acc')
    assert file is not None
    assert len(file.read().value) == 5


@pytest.mark.parametrize("name", ["own.parquet", "own.csv"])
def test_what_cannot_be_read_is_left_to_the_reader_of_matrices(name: str, tmp_path: Path) -> None:
    damaged = tmp_path / name
    damaged.write_bytes(b"PAR1 and no more\xff")
    assert find_large_file(str(damaged)) is None


@pytest.mark.parametrize(("name", "row"), [("own.csv", 4), ("own.tsv", 4), ("own.parquet", 3)])
def test_a_missing_value_is_found_in_the_file_of_the_user(name: str, row: int, tmp_path: Path) -> None:
    """Lines of a text file count its header, as an editor shows them."""
    holed = frame().assign(value=[0.5, 0.25, None, 0.0, 2.0])
    file = find_large_file(write(holed, tmp_path / name))
    assert file is not None
    with pytest.raises(UserError) as refused:
        file.read()
    assert str(refused.value).startswith(f"{tmp_path / name}: row {row} has no value")


def test_options_for_matrices_are_refused_by_name(tmp_path: Path) -> None:
    file = find_large_file(write(frame(), tmp_path / "own.csv"))
    assert file is not None
    with pytest.raises(UserError, match="--mask and --tasks are for matrices"):
        check_for_large(file, mask="1/3", tasks="tasks.csv", pairs=None)
    check_for_large(file, mask="", tasks=None)
