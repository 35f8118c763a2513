"""A sparse table comes back from a Parquet file as it went, and a bad file is one message."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datamodules.errors import UserError
from datamodules.sparse import parquet
from datamodules.sparse.gravity_hub import GravityHub
from datamodules.sparse.parquet import read_sparse_table, write_sparse_table

COLUMNS = {"source": ["b", "a", "b"], "target": ["t", "t", "u"], "value": [0.5, 0.25, 2.0]}


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(**columns: Any) -> Path:
        path = tmp_path / "zoo.parquet"
        pq.write_table(pa.table({**COLUMNS, **columns}), path)
        return path

    return write


def test_a_table_comes_back_whatever_the_size_of_batches(
    hub: GravityHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gravity-hub.parquet"
    monkeypatch.setattr(parquet, "ROWS_AT_A_TIME", 300)
    write_sparse_table(hub.table, path)
    assert pq.read_metadata(path).num_rows == len(hub.table.value)
    assert read_sparse_table(path).hash == hub.table.hash


def test_the_order_of_rows_does_not_matter(hub: GravityHub, tmp_path: Path) -> None:
    path = tmp_path / "gravity-hub.parquet"
    write_sparse_table(hub.table, path)
    rows = pq.read_table(path)
    pq.write_table(rows.take(np.random.default_rng(0).permutation(len(rows))), path)
    assert read_sparse_table(path).hash == hub.table.hash


def test_plain_text_numbers_as_names_and_other_columns_are_read(written: Callable[..., Path]) -> None:
    table = read_sparse_table(written(source=[7, 3, 7], target=["t", " t", "u "], note=[[1], [2], [3]]))
    assert table.source_names == ("3", "7")
    assert table.target_names == ("t", "u")
    assert table.source.tolist() == [0, 1, 1]
    assert table.target.tolist() == [0, 0, 1]
    assert table.value.tolist() == [0.25, 0.5, 2.0]
    assert table.name == "zoo"


def test_losses_are_negated_and_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "zoo.parquet"
    model, data, loss = COLUMNS.values()
    pq.write_table(pa.table({"model": model, "data": data, "loss": loss}), path)
    table = read_sparse_table(path, lower_is_better=True, columns="source=model,target=data,value=loss")
    assert table.value.tolist() == [-0.25, -0.5, -2.0]
    assert table.unit == "as given, negated"


def test_an_empty_file_is_one_message(written: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match="at least 1: one entry a measured cell"):
        read_sparse_table(
            written(
                source=pa.array([], "string"), target=pa.array([], "string"), value=pa.array([], "float32")
            )
        )


def test_cells_of_a_task_with_itself_are_left_out(written: Callable[..., Path]) -> None:
    table = read_sparse_table(written(source=["a", "b", "u"]))
    assert table.source.tolist() == [0, 1]
    assert table.source_names == ("a", "b", "u")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"source": ["b", None, "b"]}, "row 2 has no name in column 'source'"),
        ({"target": ["t", "t", " "]}, "row 3 has no name in column 'target'"),
        ({"value": [0.5, 0.25, None]}, "row 3 has no value"),
        ({"value": [0.5, float("inf"), 1.0]}, "row 2 has the value inf"),
        ({"value": [0.5, 1e39, 1.0]}, "row 2 has the value 1e"),
        ({"value": ["1", "2", "3"]}, "column 'value' holds string, not numbers"),
        ({"source": [0.5, 1.5, 2.5]}, "column 'source' holds double, not text or whole numbers"),
        ({"source": ["b", "b", "b"]}, "'b' -> 't' stands twice"),
    ],
)
def test_a_bad_row_is_named(written: Callable[..., Path], columns: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=f"zoo.*{message}"):
        read_sparse_table(written(**columns))


def test_missing_columns_runs_files_and_bytes_are_named(written: Callable[..., Path], tmp_path: Path) -> None:
    path = written()
    with pytest.raises(UserError, match="there is no column 'model', only 'source', 'target', 'value'"):
        read_sparse_table(path, columns="source=model,target=target,value=value")
    with pytest.raises(UserError, match="one value a pair"):
        read_sparse_table(path, columns="source=source,target=target,value=value,seed=run")
    with pytest.raises(UserError, match="there is no such file"):
        read_sparse_table(tmp_path / "no.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="damaged or truncated"):
        read_sparse_table(path)
    path.write_bytes(whole[:4] + b"\xff" * 40 + whole[44:])
    with pytest.raises(UserError, match="damaged or truncated"):
        read_sparse_table(path)
