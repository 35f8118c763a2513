"""A matrix kept as a Hugging Face dataset in a local folder, read through ``datasets`` itself."""

from pathlib import Path

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.own_matrix.table import read_own_table
from datamodules.registry import find_source

LONG = "source,target,value\n" + "".join(
    f"{source},{target},{i * 0.25 + j}\n"
    for i, source in enumerate(["a", "b", "c, d", "é"])
    for j, target in enumerate(["x", "y"])
).replace("c, d", '"c, d"')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    made = tmp_path / "my-transfers"
    made.mkdir()
    (made / "transfers.csv").write_text(LONG, encoding="utf-8")
    return made


def test_a_folder_is_read_as_its_file_is(folder: Path) -> None:
    source = find_source(str(folder))
    assert source.name == "my-transfers"
    table = source.read(regime="own", label="value")
    file = read_own_table(folder / "transfers.csv")
    assert table.task_names == file.task_names
    np.testing.assert_array_equal(table.value, file.value)


def test_the_card_says_which_files_count(folder: Path) -> None:
    (folder / "notes.csv").write_text("anything\n1\n", encoding="utf-8")
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: default\n  data_files: transfers.csv\n---\n", encoding="utf-8"
    )
    assert find_source(str(folder)).read(regime="own", label="value").eligible.sum() == 8


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="cannot be read as a Hugging Face dataset"):
        find_source(str(tmp_path / "empty")).read(regime="own", label="value")


def test_what_is_wrong_inside_is_refused_as_in_a_file(folder: Path) -> None:
    (folder / "transfers.csv").write_text(LONG + "a,x,1.0\n", encoding="utf-8")
    with pytest.raises(UserError, match="the same pair twice"):
        find_source(str(folder)).read(regime="own", label="value")


@pytest.mark.network
def test_a_dataset_of_the_hub_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="cannot be read as a Hugging Face dataset"):
        find_source("hf://nobody-at-all/no-such-matrix").read(regime="own", label="value")
