"""Tasks and matrices of every committed table are what its card and its module say."""

from typing import Any, get_args

import pandas as pd
import pytest
import torch

from datamodules.base import AffinityDataModule, Stage
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.registry import DATASETS

from .published import card_table, prose, read, tied_pairs

# These cards tell sizes and ties in tables of their own.
IN_ONE_FORM = [name for name in DATASETS if name not in ("taskonomy", "mini-vision", "mini-driving")]
each_dataset = pytest.mark.parametrize("dataset", DATASETS)


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
