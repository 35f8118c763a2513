"""Hand-computed values, the rules on who counts, and what must hold for every metric alike."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor

from benchmark.metrics import (
    check_finite,
    concordance,
    per_target_auc,
    per_target_ndcg,
    per_target_recall,
    per_target_regret,
    per_target_spearman,
    per_target_weighted_tau,
    pooled_spearman,
)

Functional = Callable[[Tensor, Tensor, Tensor], Tensor]


def regret(scores: Tensor, truth: Tensor, mask: Tensor, k: int) -> Tensor:
    return per_target_regret(scores, truth, mask, k=k, span=torch.full((mask.shape[-1],), 50.0))


def concordant_share(scores: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    concordant, pairs = concordance(scores, truth, mask)
    return concordant / pairs


PER_TARGET: dict[str, Functional] = {
    "spearman": per_target_spearman,
    "weighted_tau": per_target_weighted_tau,
    "auc": per_target_auc,
    "recall@1": partial(per_target_recall, k=1),
    "recall@3": partial(per_target_recall, k=3),
    "ndcg@1": partial(per_target_ndcg, k=1),
    "ndcg@3": partial(per_target_ndcg, k=3),
    "regret@1": partial(regret, k=1),
    "regret@3": partial(regret, k=3),
}
ALL = PER_TARGET | {"pooled_spearman": pooled_spearman, "concordance": concordant_share}
AT_K = {"recall": per_target_recall, "ndcg": per_target_ndcg, "regret": regret}
PERFECT = {name: 0.0 if name.startswith("regret") else 1.0 for name in ALL}
every_metric = pytest.mark.parametrize("name", ALL)
every_target_metric = pytest.mark.parametrize("name", PER_TARGET)


def random_splits(splits: int, n: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Integer matrices, so with ties and negatives; about two thirds of the off-diagonal are queries."""
    generator = torch.Generator().manual_seed(seed)
    scores, truth = torch.randint(-4, 5, (2, splits, n, n), generator=generator).double()
    mask = torch.rand(splits, n, n, generator=generator) < 0.65
    return scores, truth, mask & ~torch.eye(n, dtype=torch.bool)


def column(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64).unsqueeze(-1)


def queried(values: Tensor) -> Tensor:
    return torch.ones_like(values, dtype=torch.bool)


# Rows are sources. First target: in order; second: the two best swapped; third: all tied.
TRUTH = torch.tensor([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [4.0, 4.0, 4.0]])
SCORES = torch.tensor([[-3.0, 0.0, 7.0], [-2.0, 9.0, 7.0], [-1.0, 8.0, 7.0]])
LOG3 = 1.5849625007211562
BY_HAND = {
    "spearman": [1, 0.5, 0],  # 1 − 6 · 2 / (3 · 8)
    "weighted_tau": [1, 2 / 11, 0],  # pairs weigh 3/2, 4/3 and 5/6; the first is discordant
    "auc": [1, 0.5, 0.5],  # one positive against two negatives
    "recall@1": [1, 0, 1 / 3],
    "ndcg@1": [1, 1 / 3, 4 / 9],  # gains 0, 1/3, 1
    "regret@1": [0, 2 / 50, (3 + 2 + 0) / 3 / 50],
}


@pytest.mark.parametrize("name", BY_HAND)
def test_three_by_three_by_hand(name: str) -> None:
    expected = torch.tensor(BY_HAND[name], dtype=torch.float64)
    torch.testing.assert_close(ALL[name](SCORES, TRUTH, queried(TRUTH)), expected)


def test_top_two_by_hand() -> None:
    mask = queried(TRUTH)
    recall = per_target_recall(SCORES, TRUTH, mask, k=2)
    torch.testing.assert_close(recall, torch.tensor([1, 1, 2 / 3], dtype=torch.float64))
    ideal = 1 + 1 / 3 / LOG3
    drawn = (1 + 1 / 3) * (1 + 1 / LOG3) / 3
    ndcg = per_target_ndcg(SCORES, TRUTH, mask, k=2)
    torch.testing.assert_close(ndcg, torch.tensor([1, (1 / 3 + 1 / LOG3) / ideal, drawn / ideal]).double())
    # Of the three pairs that may be drawn, one misses the best source.
    spans = torch.tensor([3.0, 3.0, 6.0])
    missed = per_target_regret(SCORES, TRUTH, mask, k=2, span=spans)
    torch.testing.assert_close(missed, torch.tensor([0, 0, 2 / 3 / 6], dtype=torch.float64))


def test_pooled_spearman_by_hand() -> None:
    # Both targets are ranked backwards; the pooled ranks 1 2 3 4 against 2 1 4 3 give 1 − 6 · 4 / (4 · 15).
    truth = torch.tensor([[1.0, 11.0], [2.0, 12.0]])
    pooled = pooled_spearman(truth.flip(0), truth, queried(truth))
    torch.testing.assert_close(pooled, torch.tensor(0.6, dtype=torch.float64))


def test_concordance_by_hand() -> None:
    truth = torch.tensor([[1.0, 5.0, 1.0], [2.0, 5.0, 2.0], [3.0, 6.0, 3.0]])
    scores = torch.tensor([[1.0, 1.0, 2.0], [3.0, 2.0, 2.0], [2.0, 3.0, 0.0]])
    mask = torch.tensor([[True, True, True], [True, True, True], [True, True, False]])
    # 2 of 3, then 2 of 2 (one pair has equal truth), then one tied pair.
    concordant, pairs = concordance(scores, truth, mask)
    assert (concordant.item(), pairs.item()) == (4.5, 6)
    assert (concordant.dtype, pairs.dtype) == (torch.float64, torch.int64)


def test_concordance_counts_the_pairs_that_two_loops_count() -> None:
    scores, truth, mask = random_splits(4, 6, seed=0)
    for split in range(4):
        concordant, pairs = 0.0, 0
        for target in range(6):
            rows = mask[split, :, target].nonzero().flatten().tolist()
            for a in rows:
                for b in rows:
                    if truth[split, a, target] > truth[split, b, target]:
                        gap = scores[split, a, target] - scores[split, b, target]
                        concordant += 1.0 if gap > 0 else 0.5 if gap == 0 else 0.0
                        pairs += 1
        counted = concordance(scores, truth, mask)
        assert (counted[0][split].item(), counted[1][split].item()) == (concordant, pairs)


def test_concordance_without_a_pair_is_nothing_of_nothing() -> None:
    single = torch.eye(3, dtype=torch.bool)
    concordant, pairs = concordance(TRUTH, TRUTH, single)
    assert (concordant.item(), pairs.item()) == (0.0, 0)


@every_metric
def test_true_order_is_perfect(name: str) -> None:
    _, truth, mask = random_splits(5, 8, seed=1)
    value = ALL[name](truth, truth, mask)
    value = value[~value.isnan()]
    assert len(value) >= 5
    assert torch.allclose(value, torch.full_like(value, PERFECT[name]), atol=1e-12)


@pytest.mark.parametrize("name", ["spearman", "weighted_tau", "auc", "pooled_spearman", "concordance"])
@pytest.mark.parametrize("constant", [0.0, -3.7])
def test_constant_prediction_is_worth_nothing(name: str, constant: float) -> None:
    _, truth, mask = random_splits(5, 8, seed=2)
    value = ALL[name](torch.full_like(truth, constant), truth, mask)
    value = value[~value.isnan()]
    assert len(value) >= 5
    assert (value == (0.5 if name in ("auc", "concordance") else 0.0)).all()


@every_metric
def test_values_stay_in_range(name: str) -> None:
    value = ALL[name](*random_splits(50, 9, seed=3))
    value = value[~value.isnan()]
    lowest = -1.0 if name in ("spearman", "weighted_tau", "pooled_spearman") else 0.0
    assert len(value) >= 50
    assert lowest <= value.min() < value.max() <= 1.0


@every_metric
@pytest.mark.parametrize("junk", [torch.nan, torch.inf, -torch.inf, 1e30])
def test_entries_outside_the_mask_have_no_effect(name: str, junk: float) -> None:
    scores, truth, mask = random_splits(3, 7, seed=4)
    clean = ALL[name](scores, truth, mask)
    dirty = ALL[name](torch.where(mask, scores, junk), torch.where(mask, truth, junk), mask)
    assert torch.equal(clean.nan_to_num(-9), dirty.nan_to_num(-9))


@every_metric
def test_a_queried_score_has_an_effect(name: str) -> None:
    truth = column(1, 2, 3, 4, 5, 6, 7, 8)
    scores = truth.clone()
    scores[-3:] = -1.0  # the best three are thrown down
    assert not torch.allclose(ALL[name](scores, truth, queried(truth)), torch.tensor(PERFECT[name]).double())


@every_metric
def test_only_the_order_within_a_target_matters(name: str) -> None:
    scores, truth, mask = random_splits(3, 8, seed=5)
    slope = 1.0 if name == "pooled_spearman" else torch.arange(1.0, 9.0)
    shift = 5.0 if name == "pooled_spearman" else torch.arange(8.0) * 100
    bent = slope * scores**3 + shift  # exact for small integers, so neither makes nor breaks a tie
    before, after = ALL[name](scores, truth, mask), ALL[name](bent, truth, mask)
    torch.testing.assert_close(before, after, rtol=0, atol=0, equal_nan=True)


def test_pooled_spearman_does_see_the_level_of_a_target() -> None:
    scores, truth, mask = random_splits(3, 8, seed=5)
    shifted = scores + torch.arange(8.0) * 100
    assert not torch.allclose(pooled_spearman(scores, truth, mask), pooled_spearman(shifted, truth, mask))


@every_metric
def test_the_order_of_the_sources_does_not_matter(name: str) -> None:
    scores, truth, mask = random_splits(3, 8, seed=6)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0))
    before = ALL[name](scores, truth, mask)
    after = ALL[name](scores[:, order], truth[:, order], mask[:, order])
    torch.testing.assert_close(before, after, rtol=0, atol=1e-12, equal_nan=True)


@every_target_metric
def test_rows_are_sources_and_columns_targets(name: str) -> None:
    scores, truth, mask = random_splits(1, 6, seed=7)
    whole = PER_TARGET[name](scores, truth, mask)
    assert whole.shape == (1, 6)
    for target in range(6):
        columns = [tensor[..., target : target + 1] for tensor in (scores, truth, mask)]
        alone = PER_TARGET[name](*columns)
        torch.testing.assert_close(alone[..., 0], whole[..., target], rtol=0, atol=1e-12, equal_nan=True)


@every_metric
@pytest.mark.parametrize("batch", [(6,), (2, 3)])
def test_a_batch_is_a_loop_over_its_splits(name: str, batch: tuple[int, ...]) -> None:
    flat = random_splits(6, 7, seed=8)
    together = ALL[name](*(tensor.unflatten(0, batch) for tensor in flat)).flatten(0, len(batch) - 1)
    loop = torch.stack([ALL[name](*split) for split in zip(*flat, strict=True)])
    torch.testing.assert_close(together, loop, rtol=0, atol=1e-12, equal_nan=True)


@every_metric
def test_the_result_is_float64_without_gradient_whatever_comes_in(name: str) -> None:
    scores, truth, mask = random_splits(2, 7, seed=9)
    value = ALL[name](scores.float().requires_grad_(), truth.int(), mask)
    assert value.dtype == torch.float64
    assert not value.requires_grad
    torch.testing.assert_close(value, ALL[name](scores, truth, mask), rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("name", [name for name in PER_TARGET if not name.endswith("@3")])
def test_a_target_needs_three_queries_and_two_distinct_values(name: str) -> None:
    truth = torch.tensor([[1.0, 1, 5, 1], [2, 2, 5, 1], [3, 3, 5, 2], [4, 4, 5, 4]])
    mask = torch.tensor([[True] * 4, [True] * 4, [False, True, True, True], [False, False, True, False]])
    counted = ~PER_TARGET[name](truth, truth, mask).isnan()
    assert counted.tolist() == [False, True, False, True]


def test_recall_of_a_tie_does_not_round_above_one() -> None:
    truth = torch.zeros(13, 1)
    truth[0] = 1.0  # all others are tied second: the top two are relevant whoever they are
    assert per_target_recall(torch.zeros(13, 1), truth, queried(truth), k=2).item() == 1.0


@pytest.mark.parametrize("name", AT_K)
def test_top_k_needs_more_than_k_queries(name: str) -> None:
    truth = column(1, 2, 3, 4)
    counted = [not AT_K[name](truth, truth, queried(truth), k=k).isnan().item() for k in (1, 3, 4, 5)]
    assert counted == [True, True, False, False]
    with pytest.raises(ValueError, match="k must be at least 1, not 0"):
        AT_K[name](truth, truth, queried(truth), k=0)


def test_pooled_spearman_needs_three_queries_and_two_distinct_values() -> None:
    few = torch.tensor([[True, False, False], [False, True, False], [False, False, False]])
    assert pooled_spearman(TRUTH, TRUTH, few).isnan()
    assert pooled_spearman(TRUTH, torch.ones(3, 3), queried(TRUTH)).isnan()
    few[2, 2] = True
    assert pooled_spearman(TRUTH, TRUTH, few) == 1.0


@pytest.mark.parametrize(
    ("queries", "positives"), [(3, 1), (5, 1), (6, 2), (7, 2), (10, 2), (14, 4), (18, 4)]
)
def test_auc_rounds_the_quarter_half_to_even(queries: int, positives: int) -> None:
    truth = torch.arange(queries).unsqueeze(-1)
    # Only the best `positives` sources stand out: any other number of positives leaves a tie that costs.
    scores = (truth >= queries - positives).double()
    assert per_target_auc(scores, truth, queried(truth)).item() == 1.0
    assert positives == max(1, round(queries / 4))


def test_auc_makes_ties_at_the_boundary_positive() -> None:
    truth = column(1, 2, 2, 3, 3, 3)  # top 2 of 6: the three 3s
    assert per_target_auc((truth == 3).double(), truth, queried(truth)).item() == 1.0
    all_positive = column(1, 1, 1, 1, 1, 2)
    assert per_target_auc(all_positive, all_positive, queried(truth)).isnan()


def test_regret_takes_one_span_a_target_or_one_a_split() -> None:
    scores, truth, mask = random_splits(3, 7, seed=10)
    one = per_target_regret(scores, truth, mask, k=1, span=torch.full((7,), 10.0))
    per_split = torch.tensor([10.0, 20.0, 40.0]).unsqueeze(-1).expand(3, 7)
    many = per_target_regret(scores, truth, mask, k=1, span=per_split)
    torch.testing.assert_close(many * torch.tensor([[1.0], [2.0], [4.0]]), one, equal_nan=True)
    assert (one > 0).any()


@pytest.mark.parametrize("span", [0.0, -1.0, torch.nan])
def test_regret_refuses_a_span_that_is_not_positive(span: float) -> None:
    spans = torch.tensor([1.0, 1.0, span])
    with pytest.raises(ValueError, match="span"):
        per_target_regret(SCORES, TRUTH, queried(TRUTH), k=1, span=spans)
    unscored = queried(TRUTH)
    unscored[:, 2] = False  # nobody divides by the span of a target that does not count
    assert per_target_regret(SCORES, TRUTH, unscored, k=1, span=spans)[:2].tolist() == [0.0, 2.0]


@every_metric
@pytest.mark.parametrize("missing", [torch.nan, torch.inf, -torch.inf])
def test_inputs_that_do_not_fit_are_refused(name: str, missing: float) -> None:
    mask = queried(TRUTH)
    with pytest.raises(ValueError, match="one shape"):
        ALL[name](SCORES.expand(2, 3, 3), TRUTH, mask)
    with pytest.raises(ValueError, match="bool"):
        ALL[name](SCORES, TRUTH, mask.float())
    with pytest.raises(ValueError, match="1 of 9 queries have no finite true value"):
        ALL[name](SCORES, TRUTH.where(TRUTH < 4, torch.tensor([[4.0, missing, 4.0]])), mask)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_check_finite_names_the_model_and_counts(bad: float) -> None:
    scores, mask = TRUTH.clone(), queried(TRUTH)
    scores[0, 1] = scores[2, 2] = bad
    with pytest.raises(ValueError, match="vgae-dir: 2 of 9 queried scores are not finite"):
        check_finite(scores, mask, "vgae-dir")
    mask[2, 2] = False
    with pytest.raises(ValueError, match="vgae-dir: 1 of 8 queried scores is not finite"):
        check_finite(scores, mask, "vgae-dir")
    mask[0, 1] = False
    check_finite(scores, mask, "vgae-dir")
