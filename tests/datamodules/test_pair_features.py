"""Pair features: read, standardised on pairs of known tasks, in an episode's own order, and not copied."""

import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule, Stage
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.errors import UserError
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.registry import DATASETS
from datamodules.splits.protocol import Setting
from datamodules.tables.medmnist import MEDMNIST

ESTIMATES = ["leep", "logme", "nleep", "ncti", "lp"]
PAIRS_OF = {
    "medmnist": 5,
    "prompt-transfer": 1,
    "langrank-dep": 13,
    "langrank-mt": 20,
}
each_setting = pytest.mark.parametrize("setting", ["transductive", "inductive"])
each_stage = pytest.mark.parametrize("stage", ["fit", "predict"])


@pytest.fixture
def with_pairs(table: AffinityTable) -> AffinityTable:
    """Random figures of every pair, ineligible ones too; of the first, a fifth is unknown."""
    rng = np.random.default_rng(0)
    random = np.where(rng.random(table.value.shape) < 0.2, np.nan, rng.normal(size=table.value.shape) * 5 + 9)
    return replace(table, pairs={"random": random, "other": rng.normal(size=table.value.shape)})


def expected_scores(
    table: AffinityTable, figures: FloatMatrix, known_tasks: NDArray[np.bool_]
) -> FloatMatrix:
    """Entry by entry, in the table's order."""
    known = table.eligible & np.isfinite(figures)
    sample = [figures[s, t] for s, t in np.argwhere(known) if known_tasks[s] and known_tasks[t]]
    return np.where(known, (figures - np.mean(sample)) / np.std(sample), 0.0)


@each_setting
@each_stage
def test_edge_attr_is_standardised_over_pairs_of_known_tasks_in_the_graphs_order(
    with_pairs: AffinityTable, setting: Setting, stage: Stage
) -> None:
    module = AffinityDataModule(table=with_pairs, setting=setting, numbers=[5, 0], pairs="all")
    assert module.pair_names == ["random", "other", "missing"]
    lacking = with_pairs.eligible & np.isnan(with_pairs.pairs["random"])
    for position, split in enumerate(module.splits):
        graph = module.episode(position, stage=stage).graph
        order = module.task_order(split)[: len(graph.x)]
        expected = [expected_scores(with_pairs, each, ~split.new) for each in with_pairs.pairs.values()]
        stacked = np.stack([*expected, lacking], axis=-1)[np.ix_(order, order)]
        assert graph.edge_attr.dtype == torch.float32
        np.testing.assert_allclose(graph.edge_attr, stacked, rtol=1e-5, atol=1e-6)


@each_setting
def test_pairs_of_new_tasks_move_no_feature_of_known_ones(
    with_pairs: AffinityTable, setting: Setting
) -> None:
    module = AffinityDataModule(table=with_pairs, setting=setting, numbers=[0], pairs="other")
    new = module.splits[0].new
    touched: BoolMatrix = new[:, None] | new[None, :]
    changed = np.where(touched, 1e3, with_pairs.pairs["other"])
    other = AffinityDataModule(
        table=replace(with_pairs, pairs={"other": changed}), setting=setting, numbers=[0], pairs="other"
    )
    before, after = (each.episode(0, stage="predict").graph.edge_attr for each in (module, other))
    known = int((~new).sum())
    assert torch.equal(before[:known, :known], after[:known, :known])
    assert (not torch.equal(before, after)) == (setting == "inductive")


def test_transductive_episodes_share_one_tensor(with_pairs: AffinityTable) -> None:
    module = AffinityDataModule(table=with_pairs, numbers=[0, 1, 2], pairs="all")
    (batch,) = module.train_dataloader()
    one = module.episode(0, stage="fit").graph.edge_attr
    assert batch.graph.edge_attr.shape == (3, *one.shape)
    assert batch.graph.edge_attr.data_ptr() == one.data_ptr()
    assert all(torch.equal(each, one) for each in batch.graph.edge_attr)


@each_setting
@each_stage
def test_pair_features_are_in_nothing_else(with_pairs: AffinityTable, setting: Setting, stage: Stage) -> None:
    bare, *others = (
        AffinityDataModule(table=with_pairs, setting=setting, numbers=[3], pairs=pairs).episode(
            0, stage=stage
        )
        for pairs in ("none", "random", "all")
    )
    assert bare.graph.edge_attr.shape[-1] == 0
    assert [each.graph.edge_attr.shape[-1] for each in others] == [2, 3]
    for each in others:
        stripped = each._replace(graph=each.graph._replace(edge_attr=bare.graph.edge_attr))
        torch.testing.assert_close(stripped, bare, rtol=0, atol=0)


@each_setting
def test_no_pair_feature_depends_on_a_measured_value(with_pairs: AffinityTable, setting: Setting) -> None:
    noise = np.random.default_rng(1).normal(size=with_pairs.value.shape)
    other = replace(with_pairs, value=with_pairs.value + noise)
    found = [
        AffinityDataModule(table=each, setting=setting, numbers=[0], pairs="all")
        .episode(0, stage="predict")
        .graph.edge_attr
        for each in (with_pairs, other)
    ]
    assert torch.equal(*found)


def test_what_is_constant_or_unknown_is_zero(table: AffinityTable) -> None:
    figures = {"constant": np.full_like(table.value, 0.1), "unknown": np.full_like(table.value, np.nan)}
    module = AffinityDataModule(table=replace(table, pairs=figures), numbers=[0], pairs="all")
    edge_attr = module.episode(0, stage="predict").graph.edge_attr
    assert edge_attr[..., :2].abs().max() < 1e-12
    assert torch.equal(edge_attr[..., 2] == 1, torch.tensor(table.eligible))


def test_the_hash_sees_names_and_figures_of_eligible_pairs(table: AffinityTable) -> None:
    one = np.where(table.eligible, 1.0, np.nan)
    one_off = one.copy()
    one_off[tuple(np.argwhere(table.eligible)[-1])] = np.nextafter(1.0, 2.0)
    variants = [{}, {"a": one}, {"b": one}, {"a": one_off}, {"a": one, "b": one}]
    assert len({replace(table, pairs=pairs).hash for pairs in variants}) == len(variants)
    ineligible = np.where(table.eligible, one, 5.0)
    assert replace(table, pairs={"a": ineligible}).hash == replace(table, pairs={"a": one}).hash
    both, turned = {"a": one, "b": one_off}, {"b": one_off, "a": one}
    assert replace(table, pairs=both).hash == replace(table, pairs=turned).hash


@pytest.mark.parametrize("column", ESTIMATES)
def test_medmnists_estimates_are_the_files_figures(column: str) -> None:
    """Higher is better for each of them as published; blank and a target from itself are NaN."""
    table = MEDMNIST.read(regime="fine-tuned", label="auc")
    assert list(table.pairs) == ESTIMATES
    expected = np.full_like(table.value, np.nan)
    with (MEDMNIST.folder / "transfers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            s, t = (table.task_names.index(row[side]) for side in ("sources", "target"))
            if s != t:
                expected[s, t] = float(row[column] or "nan")
    np.testing.assert_array_equal(table.pairs[column], expected)
    unknown = table.eligible & np.isnan(expected)
    assert unknown.sum() == 14
    assert unknown[:, table.task_names.index("chestmnist")].sum() == 14


def test_a_transform_of_a_column_is_applied() -> None:
    leep = MEDMNIST.pair_columns["leep"]
    turned = {"turned": replace(leep, transform=lambda figures: -figures), "leep": leep}
    table = replace(MEDMNIST, pair_columns=turned).read()
    np.testing.assert_array_equal(table.pairs["turned"], -table.pairs["leep"])


@pytest.mark.parametrize("name", ["langrank-dep", "langrank-mt"])
def test_pairs_csv_is_read_source_by_target(name: str) -> None:
    table = DATASETS[name].read()
    rows = pd.read_csv(DATASETS[name].folder / "pairs.csv")
    assert list(table.pairs) == list(rows.columns[2:])
    row = rows.iloc[7]
    s, t = table.task_names.index(row.source), table.task_names.index(row.target)
    assert [each[s, t] for each in table.pairs.values()] == row.iloc[2:].tolist()
    assert all(np.isfinite(each[table.eligible]).all() for each in table.pairs.values())


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_a_dataset_serves_each_of_its_pair_features(name: str) -> None:
    pairs = DATASETS[name].read().pairs
    assert len(pairs) == PAIRS_OF.get(name, 0)
    for which in pairs:
        module = DatasetDataModule(dataset=name, pairs=which, numbers=[0])
        assert module.episode(0, stage="fit").graph.edge_attr[..., 0].any()


def test_a_pair_feature_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(
        UserError, match=r"'lep': did you mean 'leep'\? Known: all, leep, logme, lp, ncti, nl"
    ):
        DatasetDataModule(dataset="medmnist", pairs="lep")
    with pytest.raises(UserError, match="taskonomy 16k has no pair features"):
        DatasetDataModule(dataset="taskonomy", pairs="all")
