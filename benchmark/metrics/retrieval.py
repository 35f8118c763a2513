"""Retrieval of the best sources: AUC of the best quarter, recall and nDCG of the predicted top k.

Ties in the scores are never broken by position in the matrix: each metric is its expectation over random
orders of the tied sources.
"""

import torch
from torch import Tensor

from benchmark.metrics.inputs import aligned
from benchmark.metrics.ordering import average_ranks, places, targets_that_count


def per_target_auc(scores: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Area under the ROC curve for finding each target's best quarter of sources.

    Positives are a target's top max(1, round(n / 4)) of n queries by truth; sources tied with the last of
    them are positive too. ``round`` is Python's, half to even: of 6 or 10 queries 2 are positive, of 14 4.
    The area is the Mann-Whitney statistic over positive-negative pairs, a tie counting half (Hanley & McNeil,
    1982; the values of ``sklearn.metrics.roc_auc_score``).

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.

    Returns:
        [..., N] float64 in [0, 1], higher = better, 0.5 for a constant prediction; NaN where the target is
        not scored, or ties make all of its queries positive.

    Raises:
        ValueError: Shapes differ, the mask is not bool, or a query's truth is not finite.

    Example:
        One positive, the last source: above both others, above one and tied with one, tied with both:

        >>> truth = torch.tensor([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]])
        >>> scores = torch.tensor([[1.0, 1.0, 4.0], [0.0, 2.0, 4.0], [2.0, 2.0, 4.0]])
        >>> per_target_auc(scores, truth, torch.ones(3, 3, dtype=torch.bool))
        tensor([1.0000, 0.7500, 0.5000], dtype=torch.float64)
    """
    scores, truth = aligned(scores, truth, mask)
    quarter = (mask.sum(-2, keepdim=True).double() / 4).round().clamp(min=1)
    positive = mask & (places(truth, mask).higher < quarter)
    positives = positive.sum(-2).double()
    negatives = mask.sum(-2) - positives
    rank_sum = torch.where(positive, average_ranks(scores, mask), 0.0).sum(-2)
    area = (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)
    return torch.where(targets_that_count(truth, mask) & (negatives > 0), area, torch.nan)


def per_target_recall(scores: Tensor, truth: Tensor, mask: Tensor, k: int) -> Tensor:
    """Share of each target's predicted top k that is among its true top k.

    All sources tied with the k-th best true value are in the true top k. Each source of a tie at the
    predicted boundary counts with its probability of being picked in a random order, (places left) / (sources
    tied).

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.
        k: Number of sources to pick, at least 1.

    Returns:
        [..., N] float64 in [0, 1], higher = better; NaN where the target is not scored or has at most k
        queries.

    Raises:
        ValueError: k < 1, shapes differ, the mask is not bool, or a query's truth is not finite.

    Example:
        The best source is picked, missed, and one of three tied sources:

        >>> truth = torch.tensor([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]])
        >>> scores = torch.tensor([[0.0, 1.0, 4.0], [0.0, 2.0, 4.0], [5.0, 0.0, 4.0]])
        >>> per_target_recall(scores, truth, torch.ones(3, 3, dtype=torch.bool), k=1)
        tensor([1.0000, 0.0000, 0.3333], dtype=torch.float64)
    """
    scores, truth = aligned(scores, truth, mask)
    counted = more_than_k(truth, mask, k)
    predicted = places(scores, mask)
    taken = ((k - predicted.higher).double() / predicted.equal).clamp(0, 1)
    relevant = mask & (places(truth, mask).higher < k)
    recall = torch.where(relevant, taken, 0.0).sum(-2) / k
    return torch.where(counted, recall.clamp(max=1), torch.nan)  # r/m, summed m times, may round above r


def per_target_ndcg(scores: Tensor, truth: Tensor, mask: Tensor, k: int) -> Tensor:
    """Normalised discounted cumulative gain of each target's predicted top k.

    The gain of a source is linear, (truth − min) / (max − min) over the target's queries, and its discount at
    place r is 1 / log₂(r + 1) (Järvelin & Kekäläinen, 2002). Tied sources share the average discount of the
    places that they cover, the expectation over random orders (McSherry & Najork, 2008; the values of
    ``sklearn.metrics.ndcg_score``).

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.
        k: Number of ranked sources with a gain, at least 1.

    Returns:
        [..., N] float64 in [0, 1], higher = better; NaN where the target is not scored or has at most k
        queries.

    Raises:
        ValueError: k < 1, shapes differ, the mask is not bool, or a query's truth is not finite.

    Example:
        Gains are 0, ½ and 1. The best source, the second best, and a random one is ranked first:

        >>> truth = torch.tensor([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]])
        >>> scores = torch.tensor([[0.0, 1.0, 4.0], [0.0, 2.0, 4.0], [5.0, 0.0, 4.0]])
        >>> per_target_ndcg(scores, truth, torch.ones(3, 3, dtype=torch.bool), k=1)
        tensor([1.0000, 0.5000, 0.5000], dtype=torch.float64)
    """
    scores, truth = aligned(scores, truth, mask)
    counted = more_than_k(truth, mask, k)
    lowest = torch.where(mask, truth, torch.inf).amin(-2, keepdim=True)
    # No division by max − min, which would cancel in the ratio below.
    gain = torch.where(mask, truth - lowest, 0.0)
    found = (gain * _discounts(scores, mask, k)).sum(-2)
    ideal = (gain * _discounts(truth, mask, k)).sum(-2)
    ndcg = (found / ideal).clamp(max=1)  # equal gains, summed in another order, may round above the ideal
    return torch.where(counted, ndcg, torch.nan)


def more_than_k(truth: Tensor, mask: Tensor, k: int) -> Tensor:
    """Which targets can be scored at a cutoff: more than k queries, as picking k of k is no choice.

    Args:
        truth: [..., N, N] float64, source × target; finite under the mask.
        mask: [..., N, N] bool, the queries.
        k: Number of sources to pick, at least 1.

    Returns:
        [..., N] bool.

    Raises:
        ValueError: k < 1.

    Example:
        >>> truth = torch.arange(3.0).unsqueeze(-1)
        >>> [more_than_k(truth, truth >= 0, k).item() for k in (1, 2, 3)]
        [True, True, False]
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    return targets_that_count(truth, mask, minimum=k + 1)


def _discounts(values: Tensor, mask: Tensor, k: int) -> Tensor:
    """Expected discount of each entry when its target's queries are listed from high to low."""
    place = torch.arange(1, mask.shape[-2] + 1, dtype=torch.float64, device=mask.device)
    discount = torch.where(place <= k, 1 / torch.log2(place + 1), 0.0)
    # A tie covers the ranks higher + 1 ... higher + equal: a difference of cumulative sums.
    running = torch.cat([discount.new_zeros(1), discount.cumsum(0)])
    found = places(values, mask)
    return (running[found.higher + found.equal] - running[found.higher]) / found.equal
