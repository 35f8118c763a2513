"""The result file: its schema, what makes it stale, and that it is whole or not there."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from benchmark.results.atomic_files import StorageError
from benchmark.results.files import finished_fingerprint, read_result, read_results, table_path, write_result
from benchmark.results.schema import Result, fingerprint, summarise
from benchmark.scoring.measured import Measured


@pytest.fixture
def path(results_folder: Path) -> Path:
    (found,) = results_folder.rglob("transductive*/source-target-profile.json")
    return found


def test_a_file_reads_back_as_it_was_written(path: Path, tmp_path: Path) -> None:
    result = read_result(path)
    copy = tmp_path / "copy.json"
    write_result(result, copy, tables={"scores": pd.read_parquet(table_path(path, "scores"))})
    assert copy.read_bytes() == path.read_bytes()


def test_an_unknown_field_is_refused(path: Path) -> None:
    content = json.loads(path.read_text()) | {"extra": 1}
    with pytest.raises(ValidationError, match="extra"):
        Result.model_validate(content)


def test_a_file_holds_no_nan(path: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(path.read_text(), parse_constant=refuse)


@pytest.mark.parametrize("name", ["scores", "curves"])
def test_tables_lie_beside_the_file(path: Path, name: str) -> None:
    assert not pd.read_parquet(table_path(path, name)).isna().any(axis=None)


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path, path: Path) -> None:
    occupied = tmp_path / "cell.json"
    occupied.mkdir()  # a rename onto a folder fails
    with pytest.raises(StorageError, match=r"cell\.json"):
        write_result(read_result(path), occupied, tables={})
    assert list(tmp_path.iterdir()) == [occupied]


def test_a_damaged_or_failed_file_is_not_finished(path: Path, tmp_path: Path) -> None:
    result = read_result(path)
    failed, damaged = tmp_path / "failed.json", tmp_path / "damaged.json"
    write_result(result.model_copy(update={"status": "failed"}), failed, tables={})
    damaged.write_text(path.read_text()[:-20])
    assert finished_fingerprint(path) == result.fingerprint
    for other in (failed, damaged, tmp_path / "missing.json"):
        assert finished_fingerprint(other) is None


def test_every_part_decides_the_fingerprint(path: Path) -> None:
    result = read_result(path)
    parts = {"place": result.place, "data": result.data, "model": result.model, "run": result.run}
    changes = {
        "place": {"regime": "1k"},
        "data": {"dataset_hash": "0"},
        "model": {"source_hash": "0"},
        "run": {"epochs": 11},
    }
    hashes = {fingerprint(*parts.values(), protocol_version=version) for version in (1, 2)}
    for name, change in changes.items():
        changed = parts | {name: parts[name].model_copy(update=change)}
        hashes.add(fingerprint(*changed.values(), protocol_version=1))
    assert len(hashes) == 2 + len(changes)


def test_read_results_finds_all(results_folder: Path) -> None:
    assert len(read_results(results_folder)) == 5


def test_summary_by_hand() -> None:
    values = np.array([[1.0, np.nan, np.nan], [0.0, 0.5, np.nan]])
    metric = summarise(Measured(values, asked=5), task_names=("a", "b", "c"))
    assert metric.mean == pytest.approx((1.0 + 0.25) / 2)
    assert metric.per_split == [1.0, 0.25]
    assert metric.per_target == {"a": 0.5, "b": 0.5}
    assert (metric.counted, metric.left_out) == (3, 2)


def test_summary_of_a_pooled_metric_has_no_targets() -> None:
    metric = summarise(Measured(np.array([[0.5], [np.nan]]), asked=2), task_names=("a", "b"))
    assert metric.per_target == {}
    assert metric.per_split == [0.5, None]
    assert (metric.counted, metric.left_out) == (1, 1)
