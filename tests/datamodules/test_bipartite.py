"""Tables in which no task is both source and target, as sources × targets."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule, Stage
from datamodules.graph import TaskGraph, ends, graph_of, is_bipartite
from datamodules.splits.protocol import Setting
from datamodules.tables.medmnist import MEDMNIST
from datamodules.tables.model_recycling import MODEL_RECYCLING

IS_SOURCE = np.arange(15) % 5 < 3


@pytest.fixture
def zoo(make_table: Callable[[NDArray[np.bool_]], AffinityTable]) -> AffinityTable:
    """Nine sources among six targets, in no order; one transfer is missing."""
    eligible = IS_SOURCE[:, None] & ~IS_SOURCE[None, :]
    eligible[0, 3] = False
    return make_table(eligible)


@pytest.mark.parametrize("setting", ["transductive", "inductive"])
@pytest.mark.parametrize("stage", ["fit", "predict"])
def test_the_graph_is_the_block_of_the_square_one(setting: Setting, stage: Stage, zoo: AffinityTable) -> None:
    square, own = (
        AffinityDataModule(
            table=zoo, setting=setting, numbers=[2], z="metadata", train_on_validation=False, bipartite=flag
        )
        for flag in (False, True)
    )
    split = own.splits[0]
    rows, columns = own.axes(split, stage=stage)
    (order, _) = square.axes(split, stage=stage)
    assert set(rows) | set(columns) == set(order)
    assert IS_SOURCE[rows].all()
    assert not IS_SOURCE[columns].any()
    for side in (rows, columns):  # known tasks first
        assert (np.diff(split.new[side].astype(int)) >= 0).all()
    whole, block = (data.episode(0, stage=stage) for data in (square, own))
    assert is_bipartite(block.graph)
    assert not is_bipartite(whole.graph)
    place = {task: position for position, task in enumerate(order)}
    at = np.ix_([place[task] for task in rows], [place[task] for task in columns])
    for name in ("affinity", "observed", "eligible", "query", "edge_attr"):
        assert torch.equal(getattr(block.graph, name), getattr(whole.graph, name)[at])
    for name in ("mask", "value"):
        assert torch.equal(getattr(block.validation, name), getattr(whole.validation, name)[at])
    tasks = [place[task] for task in (*rows, *columns)]
    assert torch.equal(block.graph.x, whole.graph.x[tasks])
    assert torch.equal(block.graph.group, whole.graph.group[tasks])


def test_scores_are_put_back_where_they_belong(zoo: AffinityTable) -> None:
    own = AffinityDataModule(table=zoo, numbers=[0], bipartite=True)
    area = zoo.value[own.area]
    assert area.shape == (9, 6)
    whole = own.put_back(np.nan_to_num(area))
    np.testing.assert_array_equal(whole[zoo.eligible], zoo.value[zoo.eligible])
    assert not whole[~zoo.eligible].any()
    square = AffinityDataModule(table=zoo, numbers=[0])
    assert square.put_back(whole) is whole


def test_only_a_table_without_tasks_of_both_roles_is_one() -> None:
    recycling, medmnist = (
        dataset.read(regime=dataset.regimes[0], label=next(iter(dataset.labels)))
        for dataset in (MODEL_RECYCLING, MEDMNIST)
    )
    assert AffinityDataModule(table=recycling, numbers=[0], bipartite=True).bipartite
    assert not AffinityDataModule(table=recycling, numbers=[0]).bipartite
    assert not AffinityDataModule(table=medmnist, numbers=[0], bipartite=True).bipartite


def test_the_ends_of_a_square_graph_are_the_tasks_themselves() -> None:
    graph = graph_of(torch.zeros(3, 3), torch.zeros(3, 3).bool())
    per_task = torch.arange(3)
    assert all(end is per_task for end in ends(per_task, graph))


def test_the_ends_of_a_bipartite_graph() -> None:
    block = graph_of(torch.zeros(2, 2), torch.zeros(2, 2).bool())
    graph: TaskGraph = block._replace(x=torch.zeros(4, 0), group=torch.zeros(4))
    source, target = ends(torch.arange(4), graph)
    assert source.tolist() == [0, 1]
    assert target.tolist() == [2, 3]
