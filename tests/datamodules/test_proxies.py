"""Figures that are known without measuring a transfer: read, standardised and in an episode's own order."""

import csv
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule, Stage
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix
from datamodules.registry import DATASETS
from datamodules.splits.protocol import Setting
from datamodules.tables.medmnist import MEDMNIST

PROXIES = ["leep", "logme", "nleep", "ncti", "lp"]
each_setting = pytest.mark.parametrize("setting", ["transductive", "inductive"])
each_stage = pytest.mark.parametrize("stage", ["fit", "predict"])


@pytest.fixture
def proxied(table: AffinityTable) -> AffinityTable:
    """Random figures of every pair, ineligible ones too; a fifth is unknown, and all of one target's."""
    rng = np.random.default_rng(0)
    proxy = np.where(rng.random(table.value.shape) < 0.2, np.nan, rng.normal(size=table.value.shape) * 5 + 9)
    proxy[:, np.flatnonzero(table.eligible.any(0))[0]] = np.nan
    return replace(table, proxies={"random": proxy, "other": -proxy})


def expected_scores(table: AffinityTable, proxy: FloatMatrix) -> NDArray[np.float64]:
    """Target by target, in the table's order."""
    scores = np.zeros_like(table.value)
    known = table.eligible & np.isfinite(proxy)
    for target in np.flatnonzero(known.any(0)):
        column = proxy[known[:, target], target]
        scores[known[:, target], target] = (column - column.mean()) / column.std()
    return scores


@each_setting
@each_stage
def test_a_graphs_proxy_is_standardised_per_target_and_in_the_graphs_order(
    proxied: AffinityTable, setting: Setting, stage: Stage
) -> None:
    module = AffinityDataModule(table=proxied, setting=setting, numbers=[5, 0], proxy="random")
    expected = expected_scores(proxied, proxied.proxies["random"])
    assert (expected == 0).any()
    for position, split in enumerate(module.splits):
        graph = module.episode(position, stage=stage).graph
        order = module.task_order(split)[: len(graph.x)]
        if setting == "inductive" and stage == "predict":
            assert order.tolist() != sorted(order)
        assert graph.proxy.dtype == torch.float32
        np.testing.assert_allclose(graph.proxy, expected[np.ix_(order, order)], rtol=1e-5, atol=1e-6)
        assert (graph.proxy[graph.query].any()) == (stage == "predict" or setting == "transductive")


def test_by_hand_in_a_graph_whose_known_tasks_come_first(
    make_table: Callable[[NDArray[np.bool_]], AffinityTable],
) -> None:
    """Target 0 has 1 and 3, target 1 one figure, target 2 none that counts, target 3 three equal ones."""
    nan = np.nan
    proxy = np.array(
        [[50.0, nan, nan, 7.0], [1.0, 70.0, nan, 7.0], [nan, 4.0, 8.0, 7.0], [3.0, nan, nan, 0.0]]
    )
    table = replace(make_table(~np.eye(4, dtype=bool)), proxies={"mine": proxy})
    module = AffinityDataModule(table=table, setting="inductive", proxy="mine")
    in_table = np.array([[0, 0, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]])
    seen = set()
    for position, split in enumerate(module.splits):
        (new,) = np.flatnonzero(split.new)
        order = [task for task in range(4) if task != new] + [new]
        proxy_of_graph = module.episode(position, stage="predict").graph.proxy
        assert proxy_of_graph.tolist() == in_table[order][:, order].tolist()
        seen.add(new)
    assert seen == {0, 1, 2, 3}


@each_setting
def test_what_is_unknown_is_zero(proxied: AffinityTable, setting: Setting) -> None:
    everywhere_unknown = np.full_like(proxied.value, np.nan)
    table = replace(proxied, proxies={"unknown": everywhere_unknown})
    module = AffinityDataModule(table=table, setting=setting, numbers=[0], proxy="unknown")
    assert not module.episode(0, stage="predict").graph.proxy.any()


def test_only_eligible_figures_count(proxied: AffinityTable) -> None:
    other = np.where(proxied.eligible, proxied.proxies["random"], 1e6)
    for proxy in (proxied.proxies["random"], other):
        module = AffinityDataModule(table=replace(proxied, proxies={"it": proxy}), numbers=[0], proxy="it")
        expected = expected_scores(proxied, proxied.proxies["random"])
        found = module.episode(0, stage="predict").graph.proxy
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@each_setting
@each_stage
def test_a_proxy_is_in_nothing_else(proxied: AffinityTable, setting: Setting, stage: Stage) -> None:
    episodes = [
        AffinityDataModule(table=proxied, setting=setting, numbers=[3], proxy=proxy).episode(0, stage=stage)
        for proxy in ("none", "random", "other")
    ]
    without, one, other = (episode.graph.proxy for episode in episodes)
    assert not without.any()
    assert one.any()
    torch.testing.assert_close(one, -other)
    for episode in episodes[1:]:
        bare = episode._replace(graph=episode.graph._replace(proxy=without))
        torch.testing.assert_close(bare, episodes[0], rtol=0, atol=0)


def test_the_hash_sees_names_and_figures_of_proxies(table: AffinityTable) -> None:
    proxy = np.where(table.eligible, 1.0, np.nan)
    one_off = proxy.copy()
    one_off[tuple(np.argwhere(table.eligible)[-1])] = np.nextafter(1.0, 2.0)
    variants = [{}, {"a": proxy}, {"b": proxy}, {"a": one_off}, {"a": proxy, "b": proxy}]
    assert len({replace(table, proxies=proxies).hash for proxies in variants}) == len(variants)
    ineligible = np.where(table.eligible, proxy, 5.0)
    assert replace(table, proxies={"a": ineligible}).hash == replace(table, proxies={"a": proxy}).hash
    both, turned = {"a": proxy, "b": one_off}, {"b": one_off, "a": proxy}
    assert replace(table, proxies=both).hash == replace(table, proxies=turned).hash


@pytest.mark.parametrize("column", PROXIES)
def test_medmnists_proxies_are_the_files_figures(column: str) -> None:
    """Higher is better for each of them as published; blank and a target from itself are NaN."""
    table = MEDMNIST.read(regime="fine-tuned", label="auc")
    assert list(table.proxies) == PROXIES
    expected = np.full_like(table.value, np.nan)
    with (MEDMNIST.folder / "transfers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            s, t = (table.task_names.index(row[side]) for side in ("sources", "target"))
            if s != t:
                expected[s, t] = float(row[column] or "nan")
    np.testing.assert_array_equal(table.proxies[column], expected)
    unknown = table.eligible & np.isnan(expected)
    assert unknown.sum() == 14
    assert unknown[:, table.task_names.index("chestmnist")].sum() == 14


def test_a_transform_of_a_proxy_is_applied() -> None:
    leep = MEDMNIST.proxies["leep"]
    turned = {"turned": replace(leep, transform=lambda figures: -figures), "leep": leep}
    table = replace(MEDMNIST, proxies=turned).read()
    np.testing.assert_array_equal(table.proxies["turned"], -table.proxies["leep"])


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_a_published_module_serves_every_proxy_that_it_names(name: str) -> None:
    for proxy in DATASETS[name].proxies:
        module = DatasetDataModule(dataset=name, proxy=proxy, numbers=[0])
        assert module.episode(0, stage="fit").graph.proxy.any()


def test_a_proxy_that_is_not_there_is_answered_with_those_that_are() -> None:
    has = "unknown proxy 'lep': medmnist fine-tuned has leep, logme, lp, ncti, nleep"
    with pytest.raises(UserError, match=has):
        DatasetDataModule(dataset="medmnist", proxy="lep")
    with pytest.raises(UserError, match="unknown proxy 'leep': taskonomy 16k has none"):
        DatasetDataModule(dataset="taskonomy", proxy="leep")
