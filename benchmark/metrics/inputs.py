"""Validation of metric inputs: matrices of equal shape, a bool mask, finite values under the mask."""

import torch
from torch import Tensor


def check_finite(scores: Tensor, mask: Tensor, name: str) -> None:
    """Check that all queried scores of a prediction are finite.

    NaN cannot be ranked: sorting would put it first or last, as if that were predicted.

    Args:
        scores: [..., N, N] floating point, source × target, higher = better.
        mask: [..., N, N] bool, the queries.
        name: The model's name, for the message.

    Raises:
        ValueError: A queried score is not finite; the message names the model and counts these scores.

    Example:
        >>> scores, mask = torch.tensor([[0.5, torch.nan]]), torch.tensor([[True, False]])
        >>> check_finite(scores, mask, "gravity")
        >>> check_finite(scores, ~mask, "gravity")
        Traceback (most recent call last):
        ...
        ValueError: gravity: 1 of 1 queried scores is not finite
    """
    queried = int(mask.sum())
    bad = int((mask & ~scores.isfinite()).sum())
    if bad:
        raise ValueError(
            f"{name}: {bad} of {queried} queried scores {'is' if bad == 1 else 'are'} not finite"
        )


def aligned(scores: Tensor, truth: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Check shapes, mask and truth, and cast scores and truth to float64.

    Args:
        scores: [..., N, N], any real dtype; finite under the mask (see :func:`check_finite`).
        truth: [..., N, N], any real dtype; finite under the mask.
        mask: [..., N, N] bool, the queries.

    Returns:
        Scores and truth, float64 and detached: every metric is a step function of the scores.

    Raises:
        ValueError: The shapes differ (broadcasting would silently compare the wrong entries), the mask is not
            bool, or the truth of a query is not finite.

    Example:
        >>> ones = torch.ones(2, 2)
        >>> aligned(ones, ones, torch.ones(2, 2, dtype=torch.bool))[0].dtype
        torch.float64
        >>> aligned(ones, ones, torch.ones(2, dtype=torch.bool))
        Traceback (most recent call last):
        ...
        ValueError: scores (2, 2), truth (2, 2) and mask (2,) must have one shape
    """
    if not scores.shape == truth.shape == mask.shape:
        shapes = [tuple(tensor.shape) for tensor in (scores, truth, mask)]
        raise ValueError("scores {}, truth {} and mask {} must have one shape".format(*shapes))
    if mask.dtype != torch.bool:
        raise ValueError(f"the mask must be bool, not {mask.dtype}")
    missing = int((mask & ~truth.isfinite()).sum())
    if missing:
        raise ValueError(f"{missing} of {int(mask.sum())} queries have no finite true value")
    return scores.detach().double(), truth.detach().double()
