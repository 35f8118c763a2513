"""Synthetic batches: deterministic, standardised as the benchmark does, and no truth in what a model sees."""

import numpy as np
import pytest
import torch
from scipy.stats import rankdata

from datamodules.standardise import z_scores
from lit_models.prior import episodes
from lit_models.prior.episodes import SyntheticBatch, draw_batch, standardised_ranks
from lit_models.prior.missing import Hidden
from lit_models.prior.worlds import World


@pytest.fixture(scope="module")
def batch() -> SyntheticBatch:
    return draw_batch(seed=3, index=5, tasks=11, worlds=60)


def same(one: SyntheticBatch, other: SyntheticBatch) -> bool:
    flat = zip((*one.graph, *one[1:]), (*other.graph, *other[1:]), strict=True)
    return all(torch.equal(a, b) for a, b in flat)


def test_a_batch_follows_from_seed_and_index_alone(batch: SyntheticBatch) -> None:
    np.random.seed(1)  # the shared generator must not matter
    assert same(draw_batch(seed=3, index=5, tasks=11, worlds=60), batch)
    assert not same(draw_batch(seed=3, index=6, tasks=11, worlds=60), batch)
    assert not same(draw_batch(seed=4, index=5, tasks=11, worlds=60), batch)


def test_observed_and_hidden_are_apart_and_hidden_values_are_not_shown(batch: SyntheticBatch) -> None:
    graph = batch.graph
    assert not (graph.observed & ~graph.eligible).any()
    assert not graph.eligible.diagonal(dim1=1, dim2=2).any()
    for hidden in (batch.asked, batch.ranked):
        assert not (hidden & graph.observed).any()
        assert not (hidden & ~graph.eligible).any()
    assert not graph.affinity[~graph.observed].any()
    assert not batch.truth[~batch.asked].any()
    assert not batch.rank[~batch.ranked].any()
    for field in (graph.affinity, batch.channels, batch.truth, batch.rank):
        assert torch.isfinite(field).all()


def test_observed_columns_have_mean_zero_and_unit_deviation(batch: SyntheticBatch) -> None:
    count = batch.graph.observed.sum(1)
    mean = batch.graph.affinity.sum(1) / count.clamp(min=1)
    assert mean.abs().max() < 1e-5
    square = batch.graph.affinity.square().sum(1) / count.clamp(min=1)
    assert (((square - 1).abs() < 1e-4) | (square < 1e-6)).all()  # or constant


def test_truth_is_the_benchmarks_own_z_score(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    value = rng.normal(size=(9, 9)) ** 3
    monkeypatch.setattr(episodes, "draw_world", lambda *_, **__: World(value, np.zeros((8, 9, 9))))
    batch = draw_batch(seed=0, index=0, tasks=9, worlds=20)
    for observed, asked, truth in zip(batch.graph.observed, batch.asked, batch.truth, strict=True):
        expected = z_scores(value, observed.numpy())
        np.testing.assert_allclose(truth[asked], expected[asked.numpy()], rtol=1e-5, atol=1e-6)
        assert asked.any()


def test_ranks_are_those_of_scipy(batch: SyntheticBatch) -> None:
    rng = np.random.default_rng(0)
    value = rng.integers(0, 6, size=(10, 4)).astype(float)
    mask = rng.random((10, 4)) < 0.7
    mask[2:, 3] = False
    ranks = standardised_ranks(value, mask)
    for column in range(3):
        chosen = mask[:, column]
        count = chosen.sum()
        expected = (rankdata(value[chosen, column]) - (count + 1) / 2) / np.arange(1, count + 1).std()
        np.testing.assert_allclose(ranks[chosen, column], expected)
    assert not ranks[:, 3].any()  # fewer than three are no ranking
    assert not ranks[~mask].any()
    # Standardised over a column's hidden entries, up to ties.
    square = batch.rank.square().sum(1) / batch.ranked.sum(1).clamp(min=1)
    assert square[batch.ranked.any(1)].max() < 1.0 + 1e-4


def test_new_targets_are_ranked_by_known_sources_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    new = np.arange(9) < 2
    touches_new = new[:, None] | new
    monkeypatch.setattr(episodes, "draw_eligible", lambda *_: ~np.eye(9, dtype=bool))
    monkeypatch.setattr(
        episodes, "draw_hidden", lambda _, eligible, __, **___: Hidden(eligible & touches_new, new)
    )
    batch = draw_batch(seed=0, index=0, tasks=9, worlds=5)
    assert not batch.ranked[:, :2, :2].any()
    assert batch.ranked[:, 2:, :2].all()
    assert batch.asked[:, 2:, :2].all()  # by the average moments of the known targets
    assert not batch.ranked[:, :2, 2:].any()  # two new sources are no ranking
