"""The torchmetrics classes: the functional's numbers, however the splits are batched or spread."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor
from torchmetrics import Metric

from benchmark.metrics import (
    Auc,
    Concordance,
    Ndcg,
    PooledSpearman,
    Recall,
    Regret,
    Spearman,
    WeightedTau,
    concordance,
    per_target_auc,
    per_target_ndcg,
    per_target_recall,
    per_target_regret,
    per_target_spearman,
    per_target_weighted_tau,
    pooled_spearman,
)

PAIRS: dict[str, tuple[Callable[[], Metric], Callable[..., Tensor]]] = {
    "Spearman": (Spearman, per_target_spearman),
    "WeightedTau": (WeightedTau, per_target_weighted_tau),
    "PooledSpearman": (PooledSpearman, lambda *inputs: pooled_spearman(*inputs).unsqueeze(-1)),
    "Auc": (Auc, per_target_auc),
    "Recall": (partial(Recall, k=3), partial(per_target_recall, k=3)),
    "Ndcg": (partial(Ndcg, k=3), partial(per_target_ndcg, k=3)),
    "Regret": (
        partial(Regret, k=3),
        lambda scores, truth, mask, span: per_target_regret(scores, truth, mask, k=3, span=span),
    ),
}
CLASSES = {name: build for name, (build, _) in PAIRS.items()} | {"Concordance": Concordance}
every_class = pytest.mark.parametrize("name", CLASSES)


def random_splits(name: str, splits: int = 5, n: int = 9, seed: int = 0) -> list[Tensor]:
    """Splits of very different size: the last one has no query at all, the first leaves some targets out."""
    generator = torch.Generator().manual_seed(seed)
    scores, truth = torch.randint(-4, 5, (2, splits, n, n), generator=generator).double()
    density = torch.linspace(0.4, 1.0, splits).reshape(-1, 1, 1)
    mask = torch.rand(splits, n, n, generator=generator) < density
    mask[-1] = False
    inputs = [scores, truth, mask]
    if name == "Regret":
        inputs.append(8 + torch.rand(splits, n, generator=generator))
    return inputs


def computed(name: str, *batches: list[Tensor]) -> Tensor:
    metric = CLASSES[name]()
    for batch in batches:
        metric.update(*batch)
    value = metric.compute()
    assert isinstance(value, Tensor)
    return value


@pytest.mark.parametrize("name", PAIRS)
def test_class_is_the_mean_of_the_functional_over_targets_then_splits(name: str) -> None:
    inputs = random_splits(name)
    values = PAIRS[name][1](*inputs)
    means = [float(split[~split.isnan()].mean()) for split in values if not split.isnan().all()]
    assert len(means) == 4  # the empty split is left out
    assert computed(name, inputs).item() == pytest.approx(sum(means) / 4, abs=1e-12)


def test_targets_are_averaged_within_a_split_first() -> None:
    """Three targets in order in one split, one reversed in the other: (1 − 1) / 2, not (3 − 1) / 4."""
    truth = torch.arange(3.0).reshape(1, 3, 1).repeat(2, 1, 3)
    scores = truth.clone()
    scores[1] *= -1
    mask = torch.ones(2, 3, 3, dtype=torch.bool)
    mask[1, :, 1:] = False
    assert per_target_spearman(scores, truth, mask).isnan().sum() == 2
    assert computed("Spearman", [scores, truth, mask]).item() == 0.0


def test_concordance_pools_pairs() -> None:
    inputs = random_splits("Concordance")
    concordant, pairs = concordance(*inputs)
    share = (concordant.sum() / pairs.sum()).item()
    assert computed("Concordance", inputs).item() == pytest.approx(share, abs=1e-12)
    assert share != pytest.approx((concordant / pairs)[:-1].mean().item(), abs=1e-6)


@every_class
def test_two_updates_are_one_batch(name: str) -> None:
    inputs = random_splits(name)
    halves = [tensor[:2] for tensor in inputs], [tensor[2:] for tensor in inputs]
    torch.testing.assert_close(computed(name, *halves), computed(name, inputs), rtol=0, atol=1e-12)


@every_class
def test_one_split_needs_no_batch_dimension(name: str) -> None:
    inputs = random_splits(name)
    torch.testing.assert_close(
        computed(name, [tensor[1] for tensor in inputs]), computed(name, [tensor[1:2] for tensor in inputs])
    )


@every_class
def test_forward_returns_the_batch_and_keeps_the_total(name: str) -> None:
    inputs = random_splits(name)
    first, second = [tensor[:2] for tensor in inputs], [tensor[2:] for tensor in inputs]
    metric = CLASSES[name]()
    torch.testing.assert_close(metric(*first), computed(name, first))
    torch.testing.assert_close(metric(*second), computed(name, second))
    torch.testing.assert_close(metric.compute(), computed(name, inputs), rtol=0, atol=1e-12)
    assert not torch.equal(computed(name, first), computed(name, second))


@every_class
def test_ranks_are_merged_by_summing_states(name: str) -> None:
    """What DDP does: each rank updates on its own splits, then the states are reduced."""
    inputs = random_splits(name)
    ranks = [CLASSES[name](), CLASSES[name]()]
    for rank, metric in enumerate(ranks):
        metric.update(*(tensor[rank::2] for tensor in inputs))
    ranks[0].merge_state(ranks[1])
    torch.testing.assert_close(ranks[0].compute(), computed(name, inputs), rtol=0, atol=1e-12)


@every_class
def test_nothing_to_count_is_nan_and_reset_forgets(name: str) -> None:
    inputs = random_splits(name)
    nothing = [tensor[-1:] for tensor in inputs]
    metric = CLASSES[name]()
    metric.update(*inputs)
    assert not metric.compute().isnan()
    metric.reset()
    metric.update(*nothing)
    assert metric.compute().isnan()


@every_class
def test_float64_survives_the_precision_of_the_model(name: str) -> None:
    metric = CLASSES[name]().half().float()
    inputs = random_splits(name)
    metric.update(*inputs)
    assert metric.compute().dtype == torch.float64
    torch.testing.assert_close(metric.compute(), computed(name, inputs), rtol=0, atol=0)


@every_class
def test_direction_is_declared_and_right(name: str) -> None:
    """The true order must beat its reverse in the direction that the class declares."""
    _, truth, mask, *span = random_splits(name)
    forward = computed(name, [truth, truth, mask, *span])
    backward = computed(name, [-truth, truth, mask, *span])
    assert CLASSES[name]().higher_is_better == bool(forward > backward)
    assert CLASSES[name]().full_state_update is False


@pytest.mark.parametrize("metric", [Recall, Ndcg, Regret])
def test_k_is_a_keyword_and_needed(metric: type[Metric]) -> None:
    with pytest.raises(TypeError):
        metric(3)
    with pytest.raises(TypeError, match="'k'"):
        metric()
    assert metric(k=3).k == 3
