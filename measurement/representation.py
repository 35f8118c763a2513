"""How alike the representations of two networks are: linear centred kernel alignment (CKA)."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from measurement.training import in_chunks

EXAMPLES = 512  # inputs that encoders are compared on


def linear_cka(one: Tensor, other: Tensor) -> float:
    """Linear CKA of two representations of the same examples.

    ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) with Frobenius norms and centred columns (Kornblith et al., "Similarity of Neural
    Network Representations Revisited", ICML 2019, section 3), computed from inner products of examples.

    Args:
        one: [n, p] features.
        other: [n, q] features.

    Returns:
        From 0 to 1; 1 for the same up to rotation and scale, 0 where either is constant.

    >>> points = torch.tensor([[0.0, 1.0], [2.0, 0.0], [1.0, 5.0]])
    >>> round(linear_cka(points, 3 * points.flip(1)), 6)
    1.0
    """
    return float(_alignment(torch.stack([centred_products(one), centred_products(other)]))[0, 1])


def encoder_similarity(encoders: Sequence[nn.Module], inputs: Tensor) -> Tensor:
    """Linear CKA of every pair of encoders.

    Args:
        encoders: N encoders.
        inputs: [n, ...], the same for all.

    Returns:
        [N, N] float64, symmetric, from 0 to 1.
    """
    return _alignment(
        torch.stack([centred_products(in_chunks(encoder, inputs).flatten(1)) for encoder in encoders])
    )


def shared_inputs(inputs: Iterable[Tensor], *, tasks: int) -> Tensor:
    """The first inputs of every task, equally many of each, together at least 512 where there are so many.

    Args:
        inputs: [n, ...] per task, of which no more than one is kept in memory.
        tasks: their number.

    Returns:
        [m, ...].
    """
    share = -(-EXAMPLES // tasks)
    return torch.cat([each[:share].clone() for each in inputs])


def centred_products(features: Tensor) -> Tensor:
    """Inner products [n, n] float64 of examples [n, p], whose columns are centred."""
    centred = features.double() - features.double().mean(0)
    return centred @ centred.T


def _alignment(products: Tensor) -> Tensor:
    """Cosines [N, N] of matrices [N, n, n]."""
    flat = products.flatten(1)
    lengths = flat.norm(dim=1, keepdim=True).clamp_min(torch.finfo(flat.dtype).tiny)
    unit = flat / lengths
    cosines = unit @ unit.T
    return torch.as_tensor((cosines + cosines.T) / 2)  # symmetric to the last digit
