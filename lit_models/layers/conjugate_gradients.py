"""Linear systems whose matrix is known by what it does to a matrix of transfers."""

from collections.abc import Callable

import torch
from torch import Tensor


def conjugate_gradients(apply: Callable[[Tensor], Tensor], value: Tensor, *, steps: int) -> Tensor:
    """Solve A x = y (Hestenes & Stiefel, 1952) by a fixed number of steps, as vmap requires.

    Args:
        apply: A, symmetric and positive definite on what it is given: [..., N, N] -> [..., N, N].
        value: [..., N, N] float64, y; each matrix is a system of its own.
        steps: number of steps.

    Returns:
        [..., N, N] float64, x.
    """
    solution = torch.zeros_like(value)
    residual = direction = value
    norm = (residual**2).sum((-2, -1), keepdim=True)
    for _ in range(steps):
        image = apply(direction)
        curvature = (direction * image).sum((-2, -1), keepdim=True)
        # Once the solution is exact, norm and curvature are 0: no step is taken any more.
        step = torch.where(curvature > 0.0, norm / curvature, 0.0)
        solution = solution + step * direction
        residual = residual - step * image
        shrunken = (residual**2).sum((-2, -1), keepdim=True)
        direction = residual + torch.where(norm > 0.0, shrunken / norm, 0.0) * direction
        norm = shrunken
    return solution
