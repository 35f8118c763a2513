"""Files of task embeddings: read by name, and refused where they do not fit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from datamodules.measured_embeddings import (
    REPRESENTATION,
    TASK2VEC,
    read_similarities,
    read_vectors,
    write_embeddings,
)

CKA = np.array([[1.0, 0.25, 0.5], [0.25, 1.0, 0.75], [0.5, 0.75, 1.0]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_embeddings(tmp_path, ["a", "b", "c"], task2vec=np.arange(6.0).reshape(3, 2), cka=CKA)
    return tmp_path


def test_files_are_joined_by_name(folder: Path) -> None:
    assert read_vectors(folder, ["c", "a"])["task2vec"].tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert read_similarities(folder, ["c", "a"])["representation"].tolist() == [[1.0, 0.5], [0.5, 1.0]]


def test_without_files_there_is_nothing(tmp_path: Path) -> None:
    assert (read_vectors(tmp_path, ["a"]), read_similarities(tmp_path, ["a"])) == ({}, {})


@pytest.mark.parametrize("read", [read_vectors, read_similarities])
def test_a_task_that_is_missing_is_named(folder: Path, read: object) -> None:
    with pytest.raises(UserError, match="1 of 2 tasks are missing, the first is 'd'"):
        read(folder, ["a", "d"])  # type: ignore[operator]  # either function


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"name": np.array(["a"])}, "cannot be read as arrays 'name' and 'vector'"),
        ({"name": np.array([{}]), "vector": np.zeros((1, 2))}, "cannot be read"),  # it would be unpickled
        ({"name": np.array(["a"]), "vector": np.zeros(2)}, r"1 names and vectors of shape \(2,\)"),
        ({"name": np.array(["a", "a"]), "vector": np.zeros((2, 2))}, "the same name twice"),
        ({"name": np.array(["a"]), "vector": np.full((1, 2), np.nan)}, "not finite"),
    ],
)
def test_vectors_that_are_none_are_refused(
    arrays: dict[str, np.ndarray], message: str, tmp_path: Path
) -> None:
    np.savez(tmp_path / TASK2VEC, **arrays)  # type: ignore[arg-type]  # numpy's own keyword arguments
    with pytest.raises(UserError, match=message) as refused:
        read_vectors(tmp_path, ["a"])
    assert TASK2VEC in str(refused.value)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / TASK2VEC).write_text("name,vector\n")
    with pytest.raises(UserError, match="cannot be read"):
        read_vectors(tmp_path, ["a"])


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([[1.0, 0.2], [0.3, 1.0]], "differ by direction"),
        ([[1.0, np.nan], [np.nan, 1.0]], "not finite"),
        ([[1.0, "near"], ["near", 1.0]], "cannot be read as a table of numbers"),
    ],
)
def test_similarities_that_are_none_are_refused(
    cells: list[list[object]], message: str, tmp_path: Path
) -> None:
    pd.DataFrame(cells, index=["a", "b"], columns=["a", "b"]).to_csv(tmp_path / REPRESENTATION)
    with pytest.raises(UserError, match=message):
        read_similarities(tmp_path, ["a", "b"])
