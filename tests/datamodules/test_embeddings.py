"""Task embeddings are what the table says of a task, and nothing measured."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.embeddings import EMBEDDINGS, Z, embed, metadata_embedding, no_embedding
from datamodules.errors import UserError
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
    [
        ("prompt-transfer", "prompt"),
        *((name, z) for name in DATASETS for z in ("none", "metadata", "text", "all")),
    ],
)
def test_no_embedding_depends_on_a_measured_value(dataset: str, z: Z) -> None:
    source = DATASETS[dataset]
    table = source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    known = np.arange(len(table.task_names)) > 2
    other = replace(table, value=np.random.default_rng(0).normal(size=table.value.shape))
    np.testing.assert_array_equal(embed(z, table, known), embed(z, other, known))
    assert len(embed(z, table, known)) == len(table.task_names)


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


def test_vectors_become_principal_components_of_known_tasks(four_tasks: AffinityTable) -> None:
    """By hand: the known vectors vary along (3, 4) / 5 alone, by −1, 0 and 1."""
    vectors = np.array([[0.7, 0.1], [1.3, 0.9], [1.9, 1.7], [1.3 + 0.8, 0.9 - 0.6]])
    table = replace(four_tasks, vectors={"text": vectors})
    embedding = EMBEDDINGS["text"](table, np.array([True, True, True, False]))
    assert embedding.shape == (4, 2)
    np.testing.assert_allclose(embedding[:3, 0], np.array([-1, 0, 1]) * np.sqrt(3 / 2))
    np.testing.assert_allclose(embedding[:3, 1], 0.0, atol=1e-12)
    np.testing.assert_allclose(embedding[3, 0], 0.0, atol=1e-12)


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_texts_of_new_tasks_move_no_known_ones(dataset: str) -> None:
    table = DATASETS[dataset].read()
    known = np.arange(len(table.task_names)) > 2
    changed = np.where(known[:, None], table.vectors["text"], 3.0)
    before = embed("text", table, known)
    after = embed("text", replace(table, vectors={"text": changed}), known)
    np.testing.assert_array_equal(before[known], after[known])
    assert (before[~known] != after[~known]).any(1).all()
    assert np.square(before[known]).sum(1).mean() == pytest.approx(1.0)


def test_kinds_stand_side_by_side(four_tasks: AffinityTable) -> None:
    table = replace(four_tasks, vectors={"text": np.eye(4)})
    parts = [embed(z, table, ALL) for z in ("metadata", "text")]
    np.testing.assert_array_equal(embed("metadata+text", table, ALL), np.concatenate(parts, axis=1))


@pytest.mark.parametrize("z", ["metdata", "text+text", "all+metadata", "prompt+all", "none+text", ""])
def test_a_z_of_unknown_or_repeated_kinds_is_refused(four_tasks: AffinityTable, z: Z) -> None:
    with pytest.raises(UserError, match="task embedding"):
        AffinityDataModule(table=four_tasks, z=z)


def test_a_kind_that_is_not_there_is_answered_with_those_that_are(four_tasks: AffinityTable) -> None:
    with pytest.raises(UserError, match=r"'text' of .*\[text\]', or use one of: metadata, task2vec$"):
        embed("text", replace(four_tasks, vectors={"task2vec": np.eye(4)}), ALL)
