"""A datamodule serves every episode of its process in one batch, and says how wide they are."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.utils.data import default_collate

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.embeddings import EMBEDDINGS, Z
from datamodules.errors import UserError
from datamodules.graph import Episode
from datamodules.splits.protocol import Setting, make_splits

each_setting = pytest.mark.parametrize("setting", ["transductive", "inductive"])


def assert_same(one: Episode, other: Episode) -> None:
    torch.testing.assert_close(one, other, rtol=0, atol=0)


@each_setting
def test_each_loader_yields_all_episodes_as_one_batch(table: AffinityTable, setting: Setting) -> None:
    module = AffinityDataModule(table=table, setting=setting, numbers=[7, 2, 2, 20], z="metadata")
    for loader, stage in (
        (module.train_dataloader(), "fit"),
        (module.val_dataloader(), "fit"),
        (module.predict_dataloader(), "predict"),
    ):
        (batch,) = loader
        assert isinstance(batch, Episode)
        assert batch.position.tolist() == [0, 1, 2, 3]
        assert_same(batch, default_collate([module.episode(i, stage=stage) for i in range(4)]))


@pytest.mark.parametrize("world", [1, 2, 3])
def test_processes_share_the_episodes_among_them(table: AffinityTable, world: int) -> None:
    module = AffinityDataModule(table=table, numbers=[7, 2, 20])
    for rank in range(world):
        module.trainer = SimpleNamespace(global_rank=rank, world_size=world)
        for loader in (module.train_dataloader(), module.val_dataloader(), module.predict_dataloader()):
            (batch,) = loader
            assert batch.position.tolist() == [0, 1, 2][rank::world]


def test_more_processes_than_splits_are_a_users_mistake(table: AffinityTable) -> None:
    module = AffinityDataModule(table=table, numbers=[7, 2, 20])
    module.trainer = SimpleNamespace(global_rank=0, world_size=4)
    with pytest.raises(UserError, match="4 processes cannot share 3 splits"):
        module.train_dataloader()


@each_setting
def test_every_split_of_the_protocol_is_served_when_no_numbers_are_given(
    table: AffinityTable, setting: Setting
) -> None:
    module = AffinityDataModule(table=table, setting=setting)
    assert [split.number for split in module.splits] == list(range(21))
    (batch,) = module.predict_dataloader()
    assert len(batch.position) == 21


@each_setting
def test_development_splits_are_served_instead_when_asked_for(table: AffinityTable, setting: Setting) -> None:
    module = AffinityDataModule(table=table, setting=setting, mask="1/2", numbers=[19, 0], development=True)
    expected = make_splits(table.eligible, setting=setting, mask="1/2", numbers=[19, 0], development=True)
    assert [split.hash for split in module.splits] == [split.hash for split in expected]
    assert module.episode(0, stage="predict").graph.query.sum() == expected[0].query.sum()


@each_setting
def test_splits_are_served_as_they_are_given(table: AffinityTable, setting: Setting) -> None:
    given = make_splits(table.eligible, setting=setting, numbers=[3, 1])
    module = AffinityDataModule(table=table, setting=setting, splits=tuple(given))
    assert module.splits == given
    assert torch.equal(
        module.episode(0, stage="predict").graph.query,
        AffinityDataModule(table=table, setting=setting, numbers=[3]).episode(0, stage="predict").graph.query,
    )


def test_num_tasks_is_the_size_of_a_fit_graph(table: AffinityTable) -> None:
    """20 % of 25, of 11, and of 12 sources and of 8 targets, each rounded."""
    new = {"taskonomy": 5, "made-up": {11: 2, 20: 4}.get(len(table.task_names))}[table.name]
    inductive = AffinityDataModule(table=table, setting="inductive")
    assert AffinityDataModule(table=table).num_tasks == len(table.task_names)
    assert inductive.num_tasks == len(table.task_names) - new
    assert inductive.episode(0, stage="fit").graph.affinity.shape == (inductive.num_tasks,) * 2


@pytest.mark.parametrize("z", ["none", "metadata"])
def test_embeddings_are_the_graphs_x(table: AffinityTable, z: Z) -> None:
    module = AffinityDataModule(table=table, numbers=[0], z=z)
    x = module.episode(0, stage="fit").graph.x
    assert x.shape[-1] == module.num_features
    np.testing.assert_array_equal(x, EMBEDDINGS[z](table, np.ones(len(table.task_names), dtype=bool)))


def test_an_unknown_embedding_is_answered_with_the_nearest(table: AffinityTable) -> None:
    with pytest.raises(UserError, match="unknown task embedding 'metdata': did you mean 'metadata'"):
        AffinityDataModule(table=table, z="metdata")  # type: ignore[arg-type]  # the mistake


def test_an_unknown_scale_is_answered_with_the_nearest(table: AffinityTable) -> None:
    with pytest.raises(UserError, match="unknown scale 'z-score': did you mean 'zscore'"):
        AffinityDataModule(table=table, scale="z-score")  # type: ignore[arg-type]  # the mistake


def test_splits_do_not_depend_on_values(table: AffinityTable) -> None:
    """Whatever was measured, the same entries are hidden."""
    negated = AffinityDataModule(table=replace(table, value=-table.value))
    assert negated.table.hash != table.hash
    assert [s.hash for s in negated.splits] == [s.hash for s in AffinityDataModule(table=table).splits]
