"""Ranks of a target's queries, and which targets can be scored.

Counts come from one sort and two binary searches per target instead of all pairwise comparisons: the same
exact integers in O(N²) memory, so that a pooled ranking of all N² entries costs no more than N rankings of N.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules.splits.protocol import MIN_QUERIES


class Places(NamedTuple):
    """Number of queries of the same target that are below, equal to (itself included) and above each query.

    All [..., N, N] int64; 0, 1 and 0 outside the mask.
    """

    lower: Tensor
    equal: Tensor
    higher: Tensor


def places(values: Tensor, mask: Tensor) -> Places:
    """Count, for each query, the queries of the same target with a lower, an equal and a higher value.

    Args:
        values: [..., N, N] float64, source × target; finite under the mask, anything elsewhere.
        mask: [..., N, N] bool, the queries.

    Returns:
        The three counts, which sum to the target's number of queries.

    Example:
        >>> values = torch.tensor([[7.0], [7.0], [9.0], [torch.nan]])
        >>> found = places(values, torch.tensor([[True], [True], [True], [False]]))
        >>> torch.cat(found, dim=-1)  # lower, equal, higher
        tensor([[0, 2, 1],
                [0, 2, 1],
                [2, 1, 0],
                [0, 1, 0]])
    """
    # Entries outside the mask become infinities, which sort behind the queries and leave their counts alone.
    columns = torch.where(mask, values, torch.inf).mT.contiguous()
    ordered = columns.sort(dim=-1).values
    lower = torch.searchsorted(ordered, columns).mT
    not_higher = torch.searchsorted(ordered, columns, right=True).mT
    return Places(
        lower=torch.where(mask, lower, 0),
        equal=torch.where(mask, not_higher - lower, 1),
        higher=torch.where(mask, mask.sum(-2, keepdim=True) - not_higher, 0),
    )


def average_ranks(values: Tensor, mask: Tensor) -> Tensor:
    """Rank each target's queries from 1 (lowest); ties get the average of the ranks that they cover.

    Args:
        values: [..., N, N] float64, source × target; finite under the mask.
        mask: [..., N, N] bool, the queries.

    Returns:
        [..., N, N] float64, multiples of ½ between 1 and the number of queries; meaningless outside the mask.

    Example:
        >>> values = torch.tensor([[5.0], [2.0], [5.0]])
        >>> average_ranks(values, torch.ones(3, 1, dtype=torch.bool)).T
        tensor([[2.5000, 1.0000, 2.5000]], dtype=torch.float64)
    """
    found = places(values, mask)
    return found.lower.double() + (found.equal.double() + 1) / 2


def targets_that_count(truth: Tensor, mask: Tensor, *, minimum: int = MIN_QUERIES) -> Tensor:
    """Which targets (columns) can be scored: enough queries, with at least two distinct true values.

    Args:
        truth: [..., N, N] float64, source × target; finite under the mask.
        mask: [..., N, N] bool, the queries.
        minimum: Smallest number of queries; raised to three if smaller.

    Returns:
        [..., N] bool.

    Example:
        >>> truth = torch.tensor([[1.0, 4.0], [2.0, 4.0], [3.0, 4.0]])  # the second target is constant
        >>> targets_that_count(truth, torch.ones(3, 2, dtype=torch.bool))
        tensor([ True, False])
    """
    highest = torch.where(mask, truth, -torch.inf).amax(-2)
    lowest = torch.where(mask, truth, torch.inf).amin(-2)
    return (mask.sum(-2) >= max(minimum, MIN_QUERIES)) & (highest > lowest)


def map_targets(
    function: Callable[[NDArray[np.float64], NDArray[np.float64]], float],
    scores: Tensor,
    truth: Tensor,
    mask: Tensor,
    counted: Tensor,
) -> Tensor:
    """Apply a function to the queries of each counted target in a loop, for metrics that do not vectorise.

    Args:
        function: Maps a target's scores and true values, both [n], to its value.
        scores: [..., N, N] float64, source × target.
        truth: [..., N, N] float64.
        mask: [..., N, N] bool, the queries.
        counted: [..., N] bool, targets to apply the function to.

    Returns:
        [..., N] float64; NaN where ``counted`` is False.

    Example:
        >>> truth = torch.tensor([[1.0, 4.0], [2.0, 4.0], [3.0, 4.0]]).double()
        >>> everything = torch.ones(3, 2, dtype=torch.bool)
        >>> spread = lambda scores, truth: truth.max() - truth.min()
        >>> map_targets(spread, truth, truth, everything, torch.tensor([True, False]))
        tensor([2., nan], dtype=torch.float64)
    """
    columns = (tensor.mT[counted].cpu().numpy() for tensor in (scores, truth, mask))
    values = [float(function(s[m], t[m])) for s, t, m in zip(*columns, strict=True)]
    result = torch.full_like(counted, torch.nan, dtype=torch.float64)
    result[counted] = torch.tensor(values, dtype=torch.float64, device=result.device)
    return result
