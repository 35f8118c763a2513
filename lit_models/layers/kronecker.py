"""Solving with a covariance of transfers that is one of sources times one of targets."""

import torch
from torch import Tensor


def kronecker_solve(
    source: Tensor, target: Tensor, value: Tensor, observed: Tensor, *, ridge: float | Tensor, steps: int
) -> Tensor:
    """Solve (K_oo + λI) α = y_o for K = source ⊗ target on the observed entries o.

    By conjugate gradients (Hestenes & Stiefel, 1952), because K v is S V T: the N² × N² matrix is never made
    (Airola & Pahikkala, IEEE TNNLS 2018). The number of steps is fixed, so that vmap takes it.

    Args:
        source: [N, N] float64, symmetric and positive semi-definite.
        target: [N, N] float64, likewise.
        value: [..., N, N] float64, 0 where not observed; right-hand sides.
        observed: [N, N] float64, 1 where observed, else 0.
        ridge: λ, above 0.
        steps: of conjugate gradients.

    Returns:
        [..., N, N] float64, 0 where not observed.
    """
    alpha = torch.zeros_like(value)
    residual = direction = value
    norm = (residual**2).sum((-2, -1), keepdim=True)
    for _ in range(steps):
        image = observed * (source @ direction @ target) + ridge * direction
        curvature = (direction * image).sum((-2, -1), keepdim=True)
        # Once solved to the last bit there is nothing to divide, and nothing moves any more.
        step = torch.where(curvature > 0.0, norm / curvature, 0.0)
        alpha = alpha + step * direction
        residual = residual - step * image
        shrunken = (residual**2).sum((-2, -1), keepdim=True)
        direction = residual + torch.where(norm > 0.0, shrunken / norm, 0.0) * direction
        norm = shrunken
    return alpha
