"""Linear systems whose matrix is a Kronecker product of a source and a target covariance."""

import torch
from torch import Tensor


def kronecker_solve(
    source: Tensor, target: Tensor, value: Tensor, observed: Tensor, *, ridge: float | Tensor, steps: int
) -> Tensor:
    """Solve (K_oo + λI) α = y_o for K = source ⊗ target on the observed entries o.

    Uses conjugate gradients (Hestenes & Stiefel, 1952): K v is S V T, so the N² × N² matrix is never formed
    (Airola & Pahikkala, IEEE TNNLS 2018). The number of steps is fixed, as vmap requires.

    Args:
        source: [N, N] float64, symmetric and positive semi-definite.
        target: [N, N] float64, symmetric and positive semi-definite.
        value: [..., N, N] float64, right-hand sides; 0 where not observed.
        observed: [N, N] float64, 1 where observed, else 0.
        ridge: λ > 0.
        steps: number of conjugate gradient steps.

    Returns:
        [..., N, N] float64, 0 where not observed.
    """
    alpha = torch.zeros_like(value)
    residual = direction = value
    norm = (residual**2).sum((-2, -1), keepdim=True)
    for _ in range(steps):
        image = observed * (source @ direction @ target) + ridge * direction
        curvature = (direction * image).sum((-2, -1), keepdim=True)
        # Once the solution is exact, norm and curvature are 0: no step is taken any more.
        step = torch.where(curvature > 0.0, norm / curvature, 0.0)
        alpha = alpha + step * direction
        residual = residual - step * image
        shrunken = (residual**2).sum((-2, -1), keepdim=True)
        direction = residual + torch.where(norm > 0.0, shrunken / norm, 0.0) * direction
        norm = shrunken
    return alpha
