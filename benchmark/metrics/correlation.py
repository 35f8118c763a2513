"""Rank correlations: Spearman and weighted Kendall τ per target, and pooled Spearman."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

from benchmark.metrics.inputs import aligned
from benchmark.metrics.ordering import average_ranks, map_targets, targets_that_count


def per_target_spearman(scores: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Spearman's rank correlation of each target's sources, the protocol's headline metric.

    Pearson's correlation of the average ranks (Spearman, 1904; the values of ``scipy.stats.spearmanr``). A
    constant prediction carries no order and scores 0, where scipy returns NaN.

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.

    Returns:
        [..., N] float64 in [−1, 1], higher = better; NaN where the target is not scored.

    Raises:
        ValueError: Shapes differ, the mask is not bool, or a query's truth is not finite.

    Example:
        Equal ranks, reversed ranks, and a constant prediction:

        >>> truth = torch.tensor([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]])
        >>> scores = torch.tensor([[-9.0, 8.0, 5.0], [0.0, 0.5, 5.0], [0.1, 0.0, 5.0]])
        >>> per_target_spearman(scores, truth, torch.ones(3, 3, dtype=torch.bool))
        tensor([ 1., -1.,  0.], dtype=torch.float64)
    """
    scores, truth = aligned(scores, truth, mask)
    # Ranks are multiples of ½ around an exact mean, so both sums are exact and agreement gives exactly 1.
    mean = (mask.sum(-2, keepdim=True).double() + 1) / 2
    predicted = torch.where(mask, average_ranks(scores, mask) - mean, 0.0)
    actual = torch.where(mask, average_ranks(truth, mask) - mean, 0.0)
    covariance = (predicted * actual).sum(-2)
    scale = (predicted.square().sum(-2) * actual.square().sum(-2)).sqrt()
    correlation = torch.where(scale > 0, covariance / scale, 0.0)
    return torch.where(targets_that_count(truth, mask), correlation, torch.nan)


def pooled_spearman(scores: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Spearman correlation over all queries of a split, pooled over targets.

    Reported for comparison with the literature only. It mostly reflects differences in level between targets:
    a model that knows the level of each target, and nothing about its sources, already scores well.

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.

    Returns:
        [...] float64 in [−1, 1]; 0 for constant scores; NaN with fewer than three queries or constant truth.

    Raises:
        ValueError: Shapes differ, the mask is not bool, or a query's truth is not finite.

    Example:
        Every target is ranked backwards, yet knowing the targets' levels gives 1 − 6 · 24 / (9 · 80) = .8:

        >>> truth = torch.tensor([[1.0, 11.0, 21.0], [2.0, 12.0, 22.0], [3.0, 13.0, 23.0]])
        >>> everything = torch.ones(3, 3, dtype=torch.bool)
        >>> pooled_spearman(truth.flip(0), truth, everything)
        tensor(0.8000, dtype=torch.float64)
        >>> per_target_spearman(truth.flip(0), truth, everything)
        tensor([-1., -1., -1.], dtype=torch.float64)
    """
    # Flatten to a single column: the pool is treated as one target.
    pool = [tensor.flatten(-2).unsqueeze(-1) for tensor in (scores, truth, mask)]
    return per_target_spearman(*pool).squeeze(-1)


def per_target_weighted_tau(scores: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Weighted Kendall τ of each target's sources, in which swaps among the best cost more.

    Vigna (2015), "A weighted correlation index for rankings with ties", by ``scipy.stats.weightedtau`` with
    its defaults: additive hyperbolic weights, averaged over the rankings by score and by truth. A constant
    prediction scores 0, where scipy returns NaN.

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.

    Returns:
        [..., N] float64 in [−1, 1], higher = better; NaN where the target is not scored.

    Raises:
        ValueError: Shapes differ, the mask is not bool, or a query's truth is not finite.

    Example:
        The pairs of three sources have weights 1 + 1/2, 1 + 1/3 and 1/2 + 1/3, in total 11/3. Swapping the
        two worst loses twice 5/6 of it (6/11 remain), swapping the two best twice 3/2 (2/11 remain):

        >>> truth = torch.tensor([[3.0, 3.0, 3.0], [2.0, 2.0, 2.0], [1.0, 1.0, 1.0]])
        >>> scores = torch.tensor([[3.0, 2.0, 0.0], [1.0, 3.0, 0.0], [2.0, 1.0, 0.0]])
        >>> per_target_weighted_tau(scores, truth, torch.ones(3, 3, dtype=torch.bool))
        tensor([0.5455, 0.1818, 0.0000], dtype=torch.float64)
    """
    scores, truth = aligned(scores, truth, mask)
    return map_targets(_weighted_tau, scores, truth, mask, targets_that_count(truth, mask))


def _weighted_tau(scores: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    if scores.min() == scores.max():
        return 0.0
    return float(stats.weightedtau(scores, truth).statistic)
