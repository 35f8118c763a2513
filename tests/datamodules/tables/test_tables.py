"""Every committed table loads as a data set, equals the published figures and is what its card says."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import datasets
import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from datamodules.base import AffinityDataModule, Stage
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.registry import DATASETS

from .published import card, card_table, published, read, tied_pairs

TASK_COLUMNS = ["name", "title", "group", "kind", "description"]
WORDS = {"regime", "sources", "target", "metric", "task_a", "task_b", *TASK_COLUMNS}
BACKBONES = {
    "Roberta": "roberta",
    "RobertaLarge": "roberta-large",
    "T5": "t5-base",
    "T5Small": "t5-small",
    "Roberta-position": "roberta-position",
}


@dataclass(frozen=True)
class Origin:
    """Where a committed file comes from.

    Attributes:
        repository: the publisher's, as the provenance list has it.
        file: the same figures in the folder with the published ones.
        columns: our columns, and theirs where the names differ (``""``: they have none, ours is constant).
        regimes: their regimes under our names.
    """

    repository: str
    file: str
    columns: dict[str, str]
    regimes: dict[str, str] = field(default_factory=dict)


def same(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


ORIGINS = {
    ("taskonomy", "transfers"): Origin(
        "StanfordVL/taskonomy",
        "taskonomy/transfers.csv",
        same("regime", "sources", "target")
        | {"ahp": "affinity_ahp"}
        | same("wins_vs_pixels", "wins_vs_task"),
    ),
    ("prompt-transfer", "transfers"): Origin(
        "thunlp/Prompt-Transferability",
        "prompt_transfer/transfers.csv",
        {"regime": "backbone", "sources": "source"} | same("target", "score", "metric"),
        BACKBONES,
    ),
    ("prompt-transfer", "prompt_similarity"): Origin(
        "thunlp/Prompt-Transferability",
        "prompt_transfer/prompt_similarity.csv",
        {"regime": "backbone"} | same("task_a", "task_b", "mean_token_cosine", "concat_cosine"),
        BACKBONES,
    ),
    ("medmnist", "transfers"): Origin(
        "DovileDo/transferability-in-medical-imaging",
        "medmnist/transfers.csv",
        {"regime": "", "sources": "source"}
        | same("target", "auc", "fu", "leep", "logme", "lp", "ncti", "nleep"),
        {"": "fine-tuned"},
    ),
    ("cogtaskonomy", "transfers"): Origin(
        "tjunlp-lab/CogTaskonomy",
        "cogtaskonomy/transfers.csv",
        {"regime": "", "sources": "source"} | same("target", "score"),
        {"": "readme-example"},
    ),
}
# Measured by this project: there is nothing published to compare them with.
OWN = {
    ("mini-vision", "transfers"): [
        *("regime", "sources", "target", "ahp", "wins_vs_pixels", "wins_vs_task", "loss")
    ],
}
COLUMNS = {place: list(origin.columns) for place, origin in ORIGINS.items()} | OWN
ROWS = {
    ("taskonomy", "transfers"): 4016,
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
}
ONE_LABEL = [name for name, source in DATASETS.items() if len(source.labels) == 1]
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
    text = read(folder / f"{config}.csv")
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
    assert meta["license"] == "mit"
    assert meta["pretty_name"]
    files = {config["config_name"]: config["data_files"] for config in meta["configs"]}
    assert files == {path.stem: path.name for path in DATASETS[dataset].folder.glob("*.csv")}
    assert {config for name, config in ROWS if name == dataset} == set(files)
    assert [c["config_name"] for c in meta["configs"] if c.get("default")] == ["transfers"]


@pytest.mark.parametrize(("dataset", "config"), ORIGINS)
def test_every_figure_equals_the_published_one(dataset: str, config: str) -> None:
    """As text, row by row, in the published order."""
    origin = ORIGINS[dataset, config]
    theirs = [
        {our: row.get(their, "") for our, their in origin.columns.items()} for row in published(origin.file)
    ]
    for row in theirs:
        row["regime"] = origin.regimes.get(row["regime"], row["regime"])
    ours = read(DATASETS[dataset].folder / f"{config}.csv")
    assert len(ours) == len(theirs)
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize(("dataset", "config"), COLUMNS)
def test_no_two_rows_are_about_the_same(dataset: str, config: str) -> None:
    table = pd.DataFrame(read(DATASETS[dataset].folder / f"{config}.csv"))
    assert not table.duplicated([c for c in table if c in WORDS - {"metric"}]).any()


@pytest.mark.parametrize("dataset", sorted({dataset for dataset, _ in ORIGINS}))
def test_card_names_each_published_file(dataset: str) -> None:
    origin = ORIGINS[dataset, "transfers"]
    files = [r for r in published("PROVENANCE.csv") if r["repository"] == origin.repository]
    assert files
    text = card(dataset)
    for file in files:
        home = f"https://github.com/{file['repository']}"
        assert home in text
        assert f"`{file['commit']}`" in text
        if "*" in file["path"]:
            assert f"`{file['path']}`" in text
            assert f"{home}/tree/{file['commit']}/{file['path'].split('/**')[0]})" in text
        else:
            (line,) = [line for line in text.splitlines() if file["sha256"] in line]
            assert f"[{file['path']}]({home}/blob/{file['commit']}/{file['path']})" in line
    assert text.count("/blob/") == sum("*" not in file["path"] for file in files)


@each_dataset
def test_tasks_are_complete(dataset: str) -> None:
    tasks = pd.DataFrame(read(DATASETS[dataset].folder / "tasks.csv"))
    transfers = pd.read_csv(DATASETS[dataset].folder / "transfers.csv")
    named = {name for sources in transfers["sources"] for name in sources.split(";")}
    pseudo = set(DATASETS[dataset].pseudo_sources)
    assert pseudo <= named
    assert (named | set(transfers["target"])) - pseudo == set(tasks["name"])
    assert tasks["name"].is_unique
    assert tasks["title"].is_unique
    assert tasks["group"].str.len().all()
    assert tasks["description"].str.fullmatch(r"[A-Z].+\.").all()


@each_dataset
def test_a_module_offers_the_tables_regimes(dataset: str) -> None:
    transfers = pd.read_csv(DATASETS[dataset].folder / "transfers.csv")
    assert set(DATASETS[dataset].regimes) == set(transfers["regime"])


@pytest.mark.parametrize("dataset", ONE_LABEL)
def test_sizes_are_the_cards(dataset: str) -> None:
    source, counted = DATASETS[dataset], []
    for regime in source.regimes:
        table = source.read(regime=regime, label=next(iter(source.labels)))
        is_source, is_target = table.eligible.any(1), table.eligible.any(0)
        possible = is_source.sum() * is_target.sum() - (is_source & is_target).sum()
        sizes = [len(table.task_names), is_source.sum(), is_target.sum(), table.eligible.sum()]
        values = table.value[table.eligible]
        share = f"{100 * table.eligible.sum() / possible:.1f} %"
        counted.append([regime, *map(str, sizes), share, f"{values.min():.4f}", f"{values.max():.4f}"])
    assert card_table(dataset, "| regime | tasks | sources |") == counted


@pytest.mark.parametrize("dataset", ONE_LABEL)
def test_ties_are_the_cards(dataset: str) -> None:
    source, counted = DATASETS[dataset], []
    for regime in source.regimes:
        pairs, tied, at_zero = tied_pairs(source.read(regime=regime, label=next(iter(source.labels))))
        counted.append([regime, str(pairs), str(tied), f"{100 * tied / pairs:.1f} %", str(at_zero)])
    assert card_table(dataset, "| regime | pairs |") == counted


@each_dataset
def test_a_modules_defaults_are_the_headline_matrix(dataset: str) -> None:
    source = DATASETS[dataset]
    table = DatasetDataModule(dataset=dataset).table
    assert (table.regime, table.label) == (source.regimes[0], next(iter(source.labels)))


@pytest.mark.parametrize("options", [{"setting": "inductive", "z": "metadata"}, {"mask": "2/3"}])
@each_dataset
def test_a_module_is_the_general_one_over_its_table(dataset: str, options: dict[str, Any]) -> None:
    source = DATASETS[dataset]
    place = {"regime": source.regimes[-1], "label": list(source.labels)[-1]}
    options = options | {"numbers": [3, 0], "train_on_validation": True, "scale": "mix", "development": True}
    options["proxy"] = next(iter(source.proxies), "none")
    own = DatasetDataModule(dataset=dataset, **place, **options)
    general = AffinityDataModule(table=source.read(**place), **options)
    assert own.table.hash == general.table.hash
    assert [split.hash for split in own.splits] == [split.hash for split in general.splits]
    assert (own.setting, own.train_on_validation) == (general.setting, True)
    for stage in get_args(Stage):
        ours, theirs = (module.episode(1, stage=stage) for module in (own, general))
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
