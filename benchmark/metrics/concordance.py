"""Concordance of source pairs within a target, for blocks with too few queries for a correlation."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmark.metrics.inputs import aligned
from benchmark.metrics.ordering import map_targets, places


def concordance(scores: Tensor, truth: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Count the within-target pairs of queries that the scores put in their true order.

    Pairs with equal truth have no order and are left out; a tie in the scores counts half a pair, the
    expectation of a random order. The ratio of the two numbers is (1 + Somers' D of the scores given the
    truth) / 2 (Somers, 1962), with pairs within targets only. There is no minimum number of queries: a target
    with one query contributes no pair. Both numbers are returned, so that small blocks can be pooled before
    dividing.

    Args:
        scores: [..., N, N], source × target, higher = better; finite under the mask.
        truth: [..., N, N], same orientation; finite under the mask.
        mask: [..., N, N] bool, the queries.

    Returns:
        The number of concordant pairs, [...] float64 (a multiple of ½), and of pairs, [...] int64, each
        summed over targets. Concordant / pairs lies in [0, 1], higher = better; ½ for a constant prediction.

    Raises:
        ValueError: Shapes differ, the mask is not bool, or a query's truth is not finite.

    Example:
        The first target has three pairs, of which two are in order; the second has one pair with distinct
        truth that is tied; the third has one query and no pair:

        >>> truth = torch.tensor([[1.0, 7.0, 1.0], [2.0, 8.0, torch.nan], [3.0, torch.nan, torch.nan]])
        >>> scores = torch.tensor([[1.0, 0.0, 0.0], [3.0, 0.0, 0.0], [2.0, 9.0, 9.0]])
        >>> concordance(scores, truth, truth.isfinite())
        (tensor(2.5000, dtype=torch.float64), tensor(4))
    """
    scores, truth = aligned(scores, truth, mask)
    concordant = map_targets(_concordant, scores, truth, mask, mask.any(-2)).nansum(-1)
    # A query is paired with all queries of its target except those of equal truth; pairs are counted twice.
    partners = mask.sum(-2, keepdim=True) - places(truth, mask).equal
    return concordant, torch.where(mask, partners, 0).sum((-2, -1)) // 2


def _concordant(scores: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    above = truth[:, None] > truth
    agreed = np.count_nonzero(above & (scores[:, None] > scores))
    tied = np.count_nonzero(above & (scores[:, None] == scores))
    return agreed + tied / 2
