"""Every committed table loads as a data set, equals the published figures and is what its card says."""

import hashlib
import socket
from collections.abc import Callable, Iterator
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

from .published import card, card_table, configs, prose, published, read, tied_pairs

TASK_COLUMNS = ["name", "title", "group", "kind", "description"]
WORDS = {"regime", "sources", "source", "target", "metric", "task_a", "task_b", *TASK_COLUMNS}
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
        regimes: their regimes under our names; ``""`` is the one name of a file without regimes.
        only: which of their rows it holds.
    """

    repository: str
    file: str
    columns: dict[str, str]
    regimes: dict[str, str] = field(default_factory=dict)
    only: Callable[[dict[str, str]], bool] = lambda _: True


def same(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


def joint(row: dict[str, str]) -> bool:
    return ";" in row["sources"]


def single(row: dict[str, str]) -> bool:
    return not joint(row)


TASKONOMY = same("regime", "sources", "target") | {"ahp": "affinity_ahp"}
TASKONOMY |= same("wins_vs_pixels", "wins_vs_task")
ONE_REGIME = {"regime": "", "sources": "source", "target": "target"}
DISTANCES = ("genetic", "syntactic", "featural", "phonological", "inventory", "geographic")
PAIRS = {
    "source_size": "Transfer lang dataset size",
    "target_size": "Target lang dataset size",
    "size_ratio": "Transfer over target size ratio",
    "source_ttr": "Transfer lang TTR",
    "target_ttr": "Target lang TTR",
    "ttr_distance": "Transfer target TTR distance",
} | {name: name.upper() for name in DISTANCES}
ORIGINS = {
    ("taskonomy", "transfers"): Origin(
        "StanfordVL/taskonomy", "taskonomy/transfers.csv", TASKONOMY, only=single
    ),
    ("taskonomy", "sets"): Origin("StanfordVL/taskonomy", "taskonomy/transfers.csv", TASKONOMY, only=joint),
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
    ("langrank-dep", "transfers"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_dep/transfers.csv",
        ONE_REGIME | {"score": "value"},
        {"": "zero-shot"},
    ),
    ("langrank-dep", "pairs"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_dep/pair_features.csv",
        same("source", "target") | {"word_overlap": "Word overlap"} | PAIRS,
    ),
    ("langrank-mt", "transfers"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_mt/transfers.csv",
        ONE_REGIME | {"bleu": "value"},
        {"": "auxiliary"},
    ),
    ("langrank-mt", "pairs"): Origin(
        "xiamengzhou/NLPerf",
        "langrank_mt/pair_features.csv",
        same("source", "target")
        | {"word_overlap": "Overlap word-level", "subword_overlap": "Overlap subword-level"}
        | PAIRS
        | {f"{name}_to_english": f"{name.upper()}_2" for name in DISTANCES},
    ),
    ("tagging-cotraining", "transfers"): Origin(
        "jbingel/eacl2017_mtl",
        "bingel_mtl/transfers.csv",
        ONE_REGIME | {"gain": "value", "gain_best": "rel_gain_pct_best", "f1": "f1_final"},
        {"": "cotraining"},
    ),
    ("qm9-properties", "transfers"): Origin(
        "lihan97/MoTSE", "motse_qm9/transfers.csv", ONE_REGIME | same("r2", "mae"), {"": "gcn"}
    ),
    ("time-transfer", "transfers"): Origin(
        "KaiNylund/lm-weights-encode-time",
        "timevec_poliaff/transfers.csv",
        ONE_REGIME
        | {
            "loss": "eval_loss",
            "macro_f1": "eval_macro_f1",
            "accuracy": "eval_accuracy",
            "examples": "n_eval",
        },
        {"": "t5-small"},
    ),
}
MEASURED_COLUMNS = ["regime", "sources", "target", "ahp", "wins_vs_pixels", "wins_vs_task", "loss"]
# Measured by this project, or of another form than published: the dataset's own test compares those.
OTHER_FORM = {
    ("mini-vision", "transfers"): MEASURED_COLUMNS,
    ("mini-driving", "transfers"): MEASURED_COLUMNS,
    ("taskweb", "transfers"): [
        *("regime", "sources", "target", "score"),
        *(f"seed_{seed}" for seed in (10, 15, 20, 25, 30, 35, 40, 42)),
    ],
    ("mimic-cotraining", "transfers"): ["regime", "sources", "target", "test", "valid"],
    ("mimic-cotraining", "sets"): ["regime", "sources", "target", "test", "valid"],
    ("model-recycling", "transfers"): ["regime", "sources", "target", "score"],
    ("model-recycling", "base_seeds"): ["regime", "target", "seed", "score"],
}
COLUMNS = {place: list(origin.columns) for place, origin in ORIGINS.items()} | OTHER_FORM
REPOSITORIES = {dataset: origin.repository for (dataset, _), origin in ORIGINS.items()} | {
    "taskweb": "danieljkim0118/TaskWeb",
    "mimic-cotraining": "ShawnKS/MTG-Net",
    "model-recycling": "IBM/model-recycling",
}
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
# These cards tell sizes and ties in tables of their own.
IN_ONE_FORM = [name for name in DATASETS if name not in ("taskonomy", "mini-vision", "mini-driving")]
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


@pytest.mark.parametrize(("dataset", "config"), ORIGINS)
def test_every_figure_equals_the_published_one(dataset: str, config: str) -> None:
    """As text, row by row, in the published order."""
    origin = ORIGINS[dataset, config]
    theirs = [
        {our: row.get(their, "") for our, their in origin.columns.items()}
        for row in published(origin.file)
        if origin.only(row)
    ]
    for row in theirs:
        if "regime" in row:
            row["regime"] = origin.regimes.get(row["regime"], row["regime"])
    ours = read(configs(dataset)[config])
    assert len(ours) == len(theirs)
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize(("dataset", "config"), COLUMNS)
def test_no_two_rows_are_about_the_same(dataset: str, config: str) -> None:
    table = pd.DataFrame(read(configs(dataset)[config]))
    assert not table.duplicated([c for c in table if c in WORDS - {"metric"} | {"seed"}]).any()


@pytest.mark.parametrize("dataset", REPOSITORIES)
def test_card_names_each_published_file(dataset: str) -> None:
    files = [r for r in published("PROVENANCE.csv") if r["repository"] == REPOSITORIES[dataset]]
    assert files
    text = card(dataset)
    for file in files:
        home = f"https://github.com/{file['repository']}"
        assert home in text
        assert f"`{file['commit']}`" in text
        if file["sha256"] == "-":
            assert all(f"`{path}`" in text for path in file["path"].split("; "))
            assert f"{home}/tree/{file['commit']}" in text
        else:
            (line,) = [line for line in text.splitlines() if file["sha256"] in line]
            assert f"[{file['path']}]({home}/blob/{file['commit']}/{file['path']})" in line
    assert text.count("/blob/") == sum(file["sha256"] != "-" for file in files)


def without_published_hashes() -> list[tuple[str, str]]:
    """Files made of so many published ones that the card lists the hash of what was made of them."""
    return [
        (dataset, config)
        for dataset in REPOSITORIES
        if "| file | sha256 |" in card(dataset)
        for config in configs(dataset)
        if config != "tasks"
    ]


@pytest.mark.parametrize(("dataset", "config"), without_published_hashes())
def test_hashes_are_the_cards(dataset: str, config: str) -> None:
    listed = {row[0]: row[1].strip("`") for row in card_table(dataset, "| file | sha256 |")}
    path = configs(dataset)[config]
    assert listed[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()


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
    assert not tasks["description"].str.contains(r"[.!?] ").any(), "one sentence"


@pytest.mark.parametrize(
    "dataset", [name for name in DATASETS if "in the order in which `transfers.csv`" in prose(name)]
)
def test_tasks_stand_in_the_order_of_the_transfers(dataset: str) -> None:
    transfers = read(DATASETS[dataset].folder / "transfers.csv")
    first_named = dict.fromkeys(
        [*(row["sources"] for row in transfers), *(row["target"] for row in transfers)]
    )
    assert [task["name"] for task in read(DATASETS[dataset].folder / "tasks.csv")] == list(first_named)


@each_dataset
def test_a_module_offers_the_tables_regimes(dataset: str) -> None:
    transfers = pd.read_csv(DATASETS[dataset].folder / "transfers.csv")
    assert set(DATASETS[dataset].regimes) == set(transfers["regime"])


@pytest.mark.parametrize("dataset", IN_ONE_FORM)
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


@pytest.mark.parametrize("dataset", IN_ONE_FORM)
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
    options["pairs"] = next(iter(source.pair_columns), "none")
    own = DatasetDataModule(dataset=dataset, **place, **options)
    general = AffinityDataModule(table=source.read(**place), **options)
    assert own.table.hash == general.table.hash
    assert [split.hash for split in own.splits] == [split.hash for split in general.splits]
    assert (own.setting, own.train_on_validation) == (general.setting, True)
    for stage in get_args(Stage):
        ours, theirs = (module.episode(1, stage=stage) for module in (own, general))
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
