"""Vectors of descriptions: committed ones follow from the descriptions, and a user's are made on reading."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules import text_vectors as module
from datamodules.errors import UserError
from datamodules.load_table import load_table
from datamodules.registry import DATASETS
from datamodules.text_vectors import DIMENSIONS, FILE, is_installed, text_vectors

needs_the_model = pytest.mark.skipif(not is_installed(), reason="the extra 'text' is not installed")
each_dataset = pytest.mark.parametrize("name", sorted(DATASETS))
TASKS = "name,description\n" + "".join(f"{name},The {name} of things.\n" for name in "abcd")


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text("name,a,b,c,d\na,,1,2,4\nb,5,,6,2\nc,3,1,,7\nd,2,8,4,\n")
    return path


@each_dataset
def test_every_task_has_a_committed_vector(name: str) -> None:
    folder = DATASETS[name].folder
    with np.load(folder / FILE, allow_pickle=False) as file:
        assert file["name"].tolist() == pd.read_csv(folder / "tasks.csv", keep_default_na=False).name.tolist()
        assert file["vector"].dtype == np.float16
        assert file["vector"].shape == (len(file["name"]), DIMENSIONS)
        np.testing.assert_allclose(np.linalg.norm(file["vector"].astype(float), axis=1), 1.0, atol=2e-3)


@each_dataset
@needs_the_model
def test_committed_vectors_are_those_of_the_descriptions(name: str) -> None:
    folder = DATASETS[name].folder
    descriptions = pd.read_csv(folder / "tasks.csv", keep_default_na=False).description
    with np.load(folder / FILE, allow_pickle=False) as file:
        np.testing.assert_allclose(text_vectors(descriptions.tolist()), file["vector"], atol=1e-3)


@needs_the_model
def test_sentences_about_the_same_are_closer() -> None:
    one, same, other = text_vectors(
        ["How far away things are.", "The distance of objects.", "Whether a film review is positive."]
    )
    assert one @ same > one @ other


def test_a_users_descriptions_are_embedded(
    matrix: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tasks.csv").write_text(TASKS)
    monkeypatch.setattr("datamodules.own_matrix.table.is_installed", lambda: True)
    monkeypatch.setattr(
        "datamodules.own_matrix.table.text_vectors", lambda texts: np.array([[len(text)] for text in texts])
    )
    table = load_table(matrix, tasks=tmp_path / "tasks.csv")
    assert table.vectors["text"].tolist() == [[16.0]] * 4
    assert table.features is None


def test_without_the_model_descriptions_are_left_alone(
    matrix: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tasks.csv").write_text(TASKS)
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    monkeypatch.setattr("datamodules.own_matrix.table.is_installed", is_installed)
    assert load_table(matrix, tasks=tmp_path / "tasks.csv").vectors == {}
    module._model.cache_clear()
    with pytest.raises(UserError, match=r"pip install 'affinity-bench\[text\]'"):
        text_vectors(["a"])


def test_a_task_without_a_description_is_refused(matrix: Path, tmp_path: Path) -> None:
    (tmp_path / "tasks.csv").write_text(TASKS.replace("The c of things.", ""))
    with pytest.raises(UserError, match=r"1 of the 4 tasks of own.csv have no description: 'c'\. Describe"):
        load_table(matrix, tasks=tmp_path / "tasks.csv")
