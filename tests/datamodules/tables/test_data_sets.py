"""Every committed table loads as a data set, as the front matter of its card says."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
import yaml

from datamodules.registry import DATASETS

from .origins import COLUMNS, TASK_COLUMNS, WORDS
from .published import card, configs, read

LICENCES = {
    "taskweb": "other",
    "langrank-dep": "other",
    "langrank-mt": "other",
    "mimic-cotraining": "other",
    "tagging-cotraining": "gpl-3.0",
    "model-recycling": "apache-2.0",
}
ROWS = {
    ("taskonomy", "transfers"): 1848,
    ("taskonomy", "sets"): 2168,
    ("taskonomy", "tasks"): 25,
    ("prompt-transfer", "transfers"): 1532,
    ("prompt-transfer", "tasks"): 27,
    ("prompt-transfer", "prompt_similarity"): 943,
    ("medmnist", "transfers"): 180,
    ("medmnist", "tasks"): 15,
    ("cogtaskonomy", "transfers"): 144,
    ("cogtaskonomy", "tasks"): 12,
    ("mini-vision", "transfers"): 1728,
    ("mini-vision", "tasks"): 18,
    ("mini-driving", "transfers"): 4 * 20 * (20 + 3 + 3),
    ("mini-driving", "tasks"): 20,
    ("taskweb", "transfers"): 9 * 21 * 21,
    ("taskweb", "tasks"): 22,
    ("langrank-dep", "transfers"): 30 * 29,
    ("langrank-dep", "pairs"): 30 * 29,
    ("langrank-dep", "tasks"): 30,
    ("langrank-mt", "transfers"): 54 * 53,
    ("langrank-mt", "pairs"): 54 * 53,
    ("langrank-mt", "tasks"): 54,
    ("tagging-cotraining", "transfers"): 10 * 9,
    ("tagging-cotraining", "tasks"): 10,
    ("mimic-cotraining", "transfers"): 27 * 26,
    ("mimic-cotraining", "sets"): 37_793,
    ("mimic-cotraining", "tasks"): 27,
    ("qm9-properties", "transfers"): 12 * 12 - 5,
    ("qm9-properties", "tasks"): 12,
    ("time-transfer", "transfers"): 72 * 72,
    ("time-transfer", "tasks"): 72,
    ("model-recycling", "transfers"): (67 + 330 + 337) * 36,
    ("model-recycling", "base_seeds"): 3 * 36 * 20,
    ("model-recycling", "tasks"): 67 + 330 + 337 + 36,
}
each_dataset = pytest.mark.parametrize("dataset", DATASETS)


def front_matter(dataset: str) -> dict[str, Any]:
    meta: dict[str, Any] = yaml.safe_load(card(dataset).split("---\n")[1])
    return meta


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    attempts: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: attempts.append(address))
    yield
    assert attempts == []


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(("dataset", "config"), ROWS)
def test_loads_as_a_data_set(dataset: str, config: str, tmp_path: Path) -> None:
    folder = DATASETS[dataset].folder
    loaded = datasets.load_dataset(str(folder), config, split="train", cache_dir=str(tmp_path))
    text = read(configs(dataset)[config])
    columns = TASK_COLUMNS if config == "tasks" else COLUMNS[dataset, config]
    assert loaded.column_names == list(text[0]) == columns
    assert loaded.num_rows == len(text) == ROWS[dataset, config]
    for column in columns:
        cells = [row[column] for row in text]
        if column in WORDS:
            assert loaded[column][:] == [cell or None for cell in cells], column
        else:
            expected = [float(cell or "nan") for cell in cells]
            np.testing.assert_allclose(np.array(loaded[column][:], float), expected, rtol=1e-15)


@pytest.mark.usefixtures("no_network")
@each_dataset
def test_transfers_are_what_loads_by_default(dataset: str, tmp_path: Path) -> None:
    loaded = datasets.load_dataset(str(DATASETS[dataset].folder), split="train", cache_dir=str(tmp_path))
    assert loaded.column_names == COLUMNS[dataset, "transfers"]


@each_dataset
def test_front_matter(dataset: str) -> None:
    meta = front_matter(dataset)
    assert meta["license"] == LICENCES.get(dataset, "mit")
    assert meta.get("license_name") == ("not-stated" if meta["license"] == "other" else None)
    assert meta["pretty_name"]
    files = {config["config_name"]: config["data_files"] for config in meta["configs"]}
    assert files == {config: path.name for config, path in configs(dataset).items()}
    assert {config for name, config in ROWS if name == dataset} == set(files)
    assert [c["config_name"] for c in meta["configs"] if c.get("default")] == ["transfers"]
