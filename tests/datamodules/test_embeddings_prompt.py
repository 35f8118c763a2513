"""The embedding by trained prompts: eigenvectors of the known tasks, and where the others fall among them."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy import stats

from datamodules.affinity_table import AffinityTable
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.embeddings import (
    SPECTRAL_DIMENSIONS,
    every_embedding,
    metadata_embedding,
    spectral_embedding,
)
from datamodules.errors import UserError
from datamodules.registry import DATASETS
from datamodules.tables.prompt_transfer import PROMPT_TRANSFER

prompt_embedding = partial(spectral_embedding, kind="prompt")
WITH_PROMPTS = ("roberta", "roberta-large", "t5-base", "t5-small")
EVERYONE = np.ones(14, dtype=bool)


@pytest.fixture(scope="module")
def roberta() -> AffinityTable:
    return PROMPT_TRANSFER.read(regime="roberta", label="score")


def normal_scores(similarity: np.ndarray) -> np.ndarray:
    """By scipy, for pairs of different tasks only; the diagonal is left at 0."""
    upper = np.triu_indices(len(similarity), k=1)
    ranks = stats.rankdata(similarity[upper])
    scores = np.zeros_like(similarity)
    scores[upper] = stats.norm.ppf((ranks - 0.5) / len(ranks))
    return scores + scores.T


@pytest.mark.parametrize("regime", WITH_PROMPTS)
def test_similarities_are_symmetric_and_complete(regime: str) -> None:
    similarity = PROMPT_TRANSFER.read(regime=regime, label="score").similarities["prompt"]
    np.testing.assert_array_equal(similarity, similarity.T)
    assert np.isfinite(similarity).all()


def test_all_known_is_an_eigendecomposition_of_normal_scores(roberta: AffinityTable) -> None:
    embedding = prompt_embedding(roberta, EVERYONE)
    assert embedding.shape == (14, SPECTRAL_DIMENSIONS)
    vectors = embedding / (0.5 * np.sqrt(14))
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(SPECTRAL_DIMENSIONS), atol=1e-9)
    pairs = normal_scores(roberta.similarities["prompt"])
    off_diagonal = ~np.eye(14, dtype=bool)
    images = (pairs + np.diag(_diagonal(roberta))) @ vectors
    values = np.diag(vectors.T @ images)
    np.testing.assert_allclose(images, vectors * values, atol=1e-9)
    assert (np.diff(np.abs(values)) <= 1e-9).all()
    assert np.abs(pairs[off_diagonal]).max() > 1.0


def _diagonal(table: AffinityTable) -> np.ndarray:
    """A task's likeness to itself, on the scale of the pairs of different tasks."""
    pairs = table.similarities["prompt"][np.triu_indices(len(table.similarities["prompt"]), k=1)]
    own = np.diag(table.similarities["prompt"])[:, None]
    share = ((pairs < own).sum(1) + (pairs == own).sum(1) / 2) / len(pairs)
    return np.asarray(stats.norm.ppf(np.clip(share, 0.5 / len(pairs), 1 - 0.5 / len(pairs))))


def test_the_sign_is_fixed(roberta: AffinityTable) -> None:
    embedding = prompt_embedding(roberta, EVERYONE)
    largest = embedding[np.abs(embedding).argmax(0), np.arange(SPECTRAL_DIMENSIONS)]
    assert (largest > 0).all()


def test_known_tasks_do_not_depend_on_new_ones(roberta: AffinityTable) -> None:
    known = np.arange(14) >= 3
    noise = np.random.default_rng(0).normal(size=(14, 14))
    touched = ~(known[:, None] & known[None, :])
    other = replace(
        roberta, similarities={"prompt": np.where(touched, noise + noise.T, roberta.similarities["prompt"])}
    )
    before, after = prompt_embedding(roberta, known), prompt_embedding(other, known)
    np.testing.assert_array_equal(before[known], after[known])
    assert (before[~known] != after[~known]).all()


def test_a_new_task_with_a_known_ones_prompt_lands_beside_it(roberta: AffinityTable) -> None:
    similarity = roberta.similarities["prompt"].copy()
    similarity[0], similarity[:, 0] = similarity[5], similarity[:, 5]
    similarity[0, 0] = similarity[5, 5]
    twin = replace(roberta, similarities={"prompt": similarity})
    embedding = prompt_embedding(twin, np.arange(14) > 0)
    np.testing.assert_allclose(embedding[0], embedding[5], atol=1e-9)


def test_the_inductive_setting_fits_on_known_tasks(roberta: AffinityTable) -> None:
    data = DatasetDataModule(dataset="prompt-transfer", setting="inductive", z="prompt", numbers=[2])
    graph = data.episode(0, stage="predict").graph
    order = data.task_order(data.splits[0])
    expected = prompt_embedding(roberta, ~data.splits[0].new)[order]
    np.testing.assert_allclose(graph.x, expected.astype(np.float32))
    assert data.num_features == SPECTRAL_DIMENSIONS


def test_tasks_without_a_prompt_are_named_in_the_refusal() -> None:
    with pytest.raises(UserError, match="'prompt' of prompt-transfer roberta-position: there is none"):
        _ = DatasetDataModule(dataset="prompt-transfer", regime="roberta-position", z="prompt").num_features


@pytest.mark.parametrize("name", sorted(set(DATASETS) - {"prompt-transfer"}))
def test_datasets_without_prompts_refuse_it(name: str) -> None:
    source = DATASETS[name]
    table = source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    with pytest.raises(UserError, match="there is none; use one of: metadata"):
        prompt_embedding(table, np.ones(len(table.task_names), dtype=bool))


def test_everything_is_metadata_beside_prompts(roberta: AffinityTable) -> None:
    parts = [metadata_embedding(roberta, EVERYONE), prompt_embedding(roberta, EVERYONE)]
    np.testing.assert_array_equal(every_embedding(roberta, EVERYONE), np.concatenate(parts, axis=1))


def test_everything_is_metadata_where_a_prompt_lacks() -> None:
    table = PROMPT_TRANSFER.read(regime="roberta-position", label="score")
    everyone = np.ones(len(table.task_names), dtype=bool)
    np.testing.assert_array_equal(every_embedding(table, everyone), metadata_embedding(table, everyone))
