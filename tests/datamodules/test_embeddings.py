"""Task embeddings are what the table says of a task, and nothing measured."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable
from datamodules.embeddings import EMBEDDINGS, Z, metadata_embedding, no_embedding
from datamodules.registry import DATASETS

ALL = np.ones(4, dtype=bool)
MakeTable = Callable[[NDArray[np.bool_]], AffinityTable]


@pytest.fixture
def four_tasks(make_table: MakeTable) -> AffinityTable:
    small = make_table(~np.eye(4, dtype=bool))
    return replace(small, groups=("beta", "alpha", "", "beta"), kinds=("map", "", "", "text"))


def test_metadata_is_the_one_hot_group_then_the_one_hot_kind(four_tasks: AffinityTable) -> None:
    expected = [  # alpha, beta, map, text
        [0, 1, 1, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 1, 0, 1],
    ]
    embedding = metadata_embedding(four_tasks, ALL)
    assert embedding.tolist() == expected
    assert embedding.dtype == np.float64


def test_metadata_of_tasks_that_have_none_is_of_width_zero(four_tasks: AffinityTable) -> None:
    bare = replace(four_tasks, groups=("",) * 4, kinds=("",) * 4)
    assert metadata_embedding(bare, ALL).shape == (4, 0)


def test_none_is_of_width_zero(four_tasks: AffinityTable) -> None:
    assert no_embedding(four_tasks, ALL).shape == (4, 0)


def test_every_offered_embedding_is_registered() -> None:
    assert EMBEDDINGS["none"] is no_embedding
    assert EMBEDDINGS["metadata"] is metadata_embedding


@pytest.mark.parametrize(
    ("dataset", "z"),
    [("prompt-transfer", "prompt"), *((name, z) for name in DATASETS for z in ("none", "metadata"))],
)
def test_no_embedding_depends_on_a_measured_value(dataset: str, z: Z) -> None:
    source = DATASETS[dataset]
    table = source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    known = np.arange(len(table.task_names)) > 2
    other = replace(table, value=np.random.default_rng(0).normal(size=table.value.shape))
    np.testing.assert_array_equal(EMBEDDINGS[z](table, known), EMBEDDINGS[z](other, known))
    assert len(EMBEDDINGS[z](table, known)) == len(table.task_names)


def test_taskonomy_has_four_groups_and_three_kinds() -> None:
    embedding = metadata_embedding(DATASETS["taskonomy"].read(regime="16k", label="ahp"), np.ones(25, bool))
    assert embedding.shape == (25, 7)
    assert set(np.unique(embedding)) == {0.0, 1.0}
    np.testing.assert_array_equal(embedding[:, :4].sum(1), 1)
    np.testing.assert_array_equal(embedding[:, 4:].sum(1), 1)
    assert embedding.any(0).all()


def test_numeric_columns_are_scaled_by_known_tasks_alone(four_tasks: AffinityTable) -> None:
    numbers = np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0], [99.0, 6.0]])
    with_numbers = replace(four_tasks, features=numbers, feature_names=("size", "depth"))
    scaled = metadata_embedding(with_numbers, np.array([True, True, True, False]))[:, -2:]
    deviation = np.sqrt(8 / 3)
    np.testing.assert_allclose(scaled[:, 0], [-2 / deviation, 0.0, 2 / deviation, 96 / deviation])
    np.testing.assert_allclose(scaled[:, 1], [0.0, 0.0, 0.0, 1.0])
