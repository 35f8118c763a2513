"""Regret of following a ranking: the loss in transfer when only the predicted top k sources are tried."""

from functools import partial
from math import comb

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from benchmark.metrics.inputs import aligned
from benchmark.metrics.ordering import map_targets
from benchmark.metrics.retrieval import more_than_k


def per_target_regret(scores: Tensor, truth: Tensor, mask: Tensor, k: int, span: Tensor) -> Tensor:
    """Regret of the best of each target's predicted top k, relative to the target's span.

    (best true value among the queries − expected best true value among the predicted top k) / span: the
    regret of running k transfers and keeping the best (after Renggli et al., 2022, "Which model to
    transfer?"), in a unit that is also valid for negative affinities. The expectation is over random orders
    of tied scores, and exact: with r places left for a tie of m sources, the j-th best of them is the best
    one taken in C(m − j, r − 1) of C(m, r) draws.

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.
        k: Number of sources to pick, at least 1.
        span: [..., N] or [N], each target's range (max − min) of truth over all its eligible entries, so that
            regrets of a target on different splits have the same unit.

    Returns:
        [..., N] float64, lower = better: 0 (the best is picked) to 1 (the span, as long as it covers the
        queries); NaN where the target is not scored or has at most k queries.

    Raises:
        ValueError: k < 1, shapes differ, the mask is not bool, a query's truth is not finite, or a
            scored target has no positive span.

    Example:
        With a span of 8: the best source is picked; the worst is; all are tied, the mean of 0, 2 and 4:

        >>> import torch
        >>> truth = torch.tensor([[1.0, 1.0, 1.0], [3.0, 3.0, 3.0], [5.0, 5.0, 5.0]])
        >>> scores = torch.tensor([[0.0, 3.0, 4.0], [0.0, 2.0, 4.0], [5.0, 0.0, 4.0]])
        >>> everything = torch.ones(3, 3, dtype=torch.bool)
        >>> per_target_regret(scores, truth, everything, k=1, span=torch.full((3,), 8.0))
        tensor([0.0000, 0.5000, 0.2500], dtype=torch.float64)
    """
    scores, truth = aligned(scores, truth, mask)
    counted = more_than_k(truth, mask, k)
    span = span.double().expand(counted.shape)
    if not bool((span[counted] > 0).all()):
        raise ValueError("the span of every target that counts must be positive")
    return map_targets(partial(_expected_shortfall, k=k), scores, truth, mask, counted) / span


def _expected_shortfall(scores: NDArray[np.float64], truth: NDArray[np.float64], *, k: int) -> float:
    """Expected (best truth − best truth of the top k by score), a sum of non-negative terms."""
    boundary = np.sort(scores)[-k]
    sure = truth[scores > boundary]
    tied = np.sort(truth[scores == boundary])[::-1]
    places_left = k - sure.size
    shortfall = truth.max() - np.maximum(tied, sure.max(initial=-np.inf))
    # Python integers: C(400, 200) exceeds the exact range of floats, and the quotient is rounded only once.
    draws = comb(tied.size, places_left)
    chance = [comb(tied.size - j, places_left - 1) / draws for j in range(1, tied.size + 1)]
    return float(np.dot(chance, shortfall))
