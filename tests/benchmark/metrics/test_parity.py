"""The same values as scipy and scikit-learn, and as going through every way to break a tie."""

import math
from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import ndcg_score, roc_auc_score
from torch import Tensor

from benchmark.metrics import (
    per_target_auc,
    per_target_ndcg,
    per_target_recall,
    per_target_regret,
    per_target_spearman,
    per_target_weighted_tau,
    pooled_spearman,
)

Vector = NDArray[np.float64]


def random_queries(seed: int, levels: int) -> tuple[Tensor, Tensor, Tensor]:
    """A batch of splits; few levels give many ties, none (0) gives real numbers without any."""
    rng = np.random.default_rng(seed)
    shape = (2, 4, 13, 13)
    values = rng.integers(-(levels // 2), levels // 2 + 1, shape) if levels else rng.normal(size=shape)
    scores, truth = torch.from_numpy(values.astype(np.float64))
    scores[..., 0] = -1.5  # a target with a constant prediction
    mask = torch.from_numpy(rng.random(shape[1:]) < rng.uniform(0.3, 1.0, size=(4, 1, 13)))
    return scores, truth, mask


def counted_columns(
    scores: Tensor, truth: Tensor, mask: Tensor, value: Tensor, *, more_than: int = 2
) -> list[tuple[Vector, Vector, float]]:
    """Scores, truth and the metric's value of each target that counts, checking that no other has one."""
    columns = []
    for split, target in np.ndindex(value.shape):
        m = mask[split, :, target].numpy()
        s, t = (tensor[split, :, target].numpy()[m] for tensor in (scores, truth))
        if len(t) > more_than and len(set(t)) > 1:
            columns.append((s, t, value[split, target].item()))
        else:
            assert value[split, target].isnan()
    assert len(columns) > 20
    return columns


any_ties = pytest.mark.parametrize("levels", [0, 2, 6])
any_seed = pytest.mark.parametrize("seed", range(3))


@any_ties
@any_seed
def test_spearman_is_scipys(seed: int, levels: int) -> None:
    scores, truth, mask = random_queries(seed, levels)
    for s, t, value in counted_columns(scores, truth, mask, per_target_spearman(scores, truth, mask)):
        expected = 0.0 if len(set(s)) == 1 else stats.spearmanr(s, t).statistic
        assert value == pytest.approx(expected, abs=1e-12)


@any_ties
@any_seed
def test_pooled_spearman_is_scipys(seed: int, levels: int) -> None:
    scores, truth, mask = random_queries(seed, levels)
    for s, t, m, value in zip(scores, truth, mask, pooled_spearman(scores, truth, mask), strict=True):
        assert value.item() == pytest.approx(stats.spearmanr(s[m], t[m]).statistic, abs=1e-12)


@any_ties
@any_seed
def test_weighted_tau_is_scipys(seed: int, levels: int) -> None:
    scores, truth, mask = random_queries(seed, levels)
    for s, t, value in counted_columns(scores, truth, mask, per_target_weighted_tau(scores, truth, mask)):
        expected = 0.0 if len(set(s)) == 1 else stats.weightedtau(s, t).statistic
        assert value == pytest.approx(expected, abs=1e-12)


@any_ties
@any_seed
def test_auc_is_scikit_learns(seed: int, levels: int) -> None:
    scores, truth, mask = random_queries(seed, levels)
    value = per_target_auc(scores, truth, mask)
    scored = 0
    for split, target in np.ndindex(value.shape):
        m = mask[split, :, target].numpy()
        s, t = (tensor[split, :, target].numpy()[m] for tensor in (scores, truth))
        top = max(1, round(len(t) / 4))
        positive = t >= np.sort(t)[::-1][top - 1] if len(t) else t
        if len(t) < 3 or positive.all():
            assert value[split, target].isnan()
            continue
        scored += 1
        assert value[split, target].item() == pytest.approx(roc_auc_score(positive, s), abs=1e-12)
    assert scored > 20


@any_ties
@any_seed
@pytest.mark.parametrize("k", [1, 3, 5])
def test_ndcg_is_scikit_learns(seed: int, levels: int, k: int) -> None:
    scores, truth, mask = random_queries(seed, levels)
    value = per_target_ndcg(scores, truth, mask, k=k)
    for s, t, found in counted_columns(scores, truth, mask, value, more_than=max(2, k)):
        gain = (t - t.min()) / (t.max() - t.min())
        assert found == pytest.approx(ndcg_score([gain], [s], k=k, ignore_ties=False), abs=1e-12)


def test_weighted_tau_lets_no_warning_out(recwarn: pytest.WarningsRecorder) -> None:
    constant, truth = torch.zeros(4, 1), torch.arange(4.0).unsqueeze(-1)
    assert per_target_weighted_tau(constant, truth, truth >= 0).item() == 0.0
    assert not recwarn.list


# Six queries on four levels: every tie pattern comes up, and 720 orders can be gone through.
levels_of_six = st.lists(st.integers(-2, 1), min_size=6, max_size=6)
distinct_of_six = levels_of_six.filter(lambda values: len(set(values)) > 1)


def orders_that_respect(scores: list[int]) -> list[tuple[int, ...]]:
    """All orders of the sources, best first, in which the scores never rise; equally likely."""
    orders = permutations(range(len(scores)))
    return [o for o in orders if all(scores[a] >= scores[b] for a, b in pairwise(o))]


def as_target(values: list[int]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64).unsqueeze(-1)


@settings(max_examples=60)
@given(scores=levels_of_six, truth=distinct_of_six, k=st.integers(1, 5))
def test_top_k_metrics_are_means_over_all_orders_of_the_ties(
    scores: list[int], truth: list[int], k: int
) -> None:
    relevant = {i for i, value in enumerate(truth) if value >= sorted(truth)[-k]}
    lowest, best = min(truth), max(truth)
    recall, gain, regret = [], [], []
    for order in orders_that_respect(scores):
        top = order[:k]
        recall.append(len(relevant & set(top)) / k)
        gain.append(sum((truth[i] - lowest) / math.log2(place + 2) for place, i in enumerate(top)))
        regret.append(best - max(truth[i] for i in top))
    ideal = sum((v - lowest) / math.log2(p + 2) for p, v in enumerate(sorted(truth, reverse=True)[:k]))

    s, t = as_target(scores), as_target(truth)
    mask = torch.ones(6, 1, dtype=torch.bool)
    assert per_target_recall(s, t, mask, k).item() == pytest.approx(np.mean(recall), abs=1e-12)
    assert per_target_ndcg(s, t, mask, k).item() == pytest.approx(np.mean(gain) / ideal, abs=1e-12)
    found = per_target_regret(s, t, mask, k, span=torch.tensor([4.0])).item()
    assert found == pytest.approx(np.mean(regret) / 4, abs=1e-12)


@pytest.mark.parametrize("k", [1, 4, 7])
def test_regret_of_a_long_tie_is_the_mean_over_all_draws(k: int) -> None:
    rng = np.random.default_rng(k)
    truth = rng.normal(size=14)
    scores = np.array([2.0, 2.0] + [1.0] * 9 + [0.0] * 3)
    # Below k = 2 the tie of two is drawn from, above it the tie of nine.
    tied, sure = (range(2), []) if k == 1 else (range(2, 11), [0, 1])
    draws = [[*sure, *drawn] for drawn in combinations(tied, k - len(sure))]
    expected = np.mean([truth.max() - truth[draw].max() for draw in draws])
    s, t = torch.from_numpy(scores).unsqueeze(-1), torch.from_numpy(truth).unsqueeze(-1)
    found = per_target_regret(s, t, torch.ones(14, 1, dtype=torch.bool), k, span=torch.ones(1))
    assert found.item() == pytest.approx(expected, abs=1e-12)
    assert expected > 0


def test_regret_of_a_huge_tie_stays_exact() -> None:
    """C(400, 200) has 120 digits, and a draw of half of the sources holds the best one half of the time."""
    truth = torch.zeros(400, 1)
    truth[7] = 1.0
    found = per_target_regret(torch.ones(400, 1), truth, truth >= 0, k=200, span=torch.ones(1))
    assert found.item() == pytest.approx(0.5, abs=1e-12)
