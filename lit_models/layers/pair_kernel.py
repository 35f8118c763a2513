"""A kernel between pairs of tasks, and regression with it beside a Kronecker kernel between tasks."""

import math

import torch
from torch import Tensor

from lit_models.layers.conjugate_gradients import conjugate_gradients
from lit_models.noise import normal

FREQUENCIES = 64
ITERATIONS = 200  # accurate to 1e-6 for 54 tasks


def pair_kernel_root(edge_attr: Tensor) -> Tensor:
    """Features whose inner products approximate a Gaussian kernel between pairs of tasks.

    Random Fourier features (Rahimi & Recht, NIPS 2007) of exp(−‖e − e'‖² / 2P); σ² = P is half the mean
    squared distance of standardised features. The frequencies are part of the method: always the same.

    Args:
        edge_attr: [N, N, P] float, P > 0.

    Returns:
        [128, N, N] float64.
    """
    key = torch.zeros((), dtype=torch.int64, device=edge_attr.device)
    width = edge_attr.shape[-1]
    frequency = normal(key, torch.Size((width, FREQUENCIES)), call=0, dtype=torch.float64)
    angle = (edge_attr.double() @ (frequency / math.sqrt(width))).movedim(-1, 0)
    return torch.cat([angle.cos(), angle.sin()]) / math.sqrt(FREQUENCIES)


def regression_with_pairs(
    edge_attr: Tensor, source: Tensor, target: Tensor, value: Tensor, observed: Tensor, *, ridge: float
) -> Tensor:
    """Kernel ridge regression with source ⊗ target + the kernel between pairs, whose sum has no structure.

    It is also the posterior mean of a Gaussian process with that covariance and noise of variance ``ridge``.

    Args:
        edge_attr: [S, T, P] float, P > 0.
        source: [S, S] float64, symmetric and positive semi-definite.
        target: [T, T] float64, symmetric and positive semi-definite.
        value: [S, T] float64; 0 where not observed.
        observed: [S, T] float64, 1 where observed, else 0.
        ridge: λ > 0.

    Returns:
        [S, T] float64, a score of every transfer.
    """
    root = pair_kernel_root(edge_attr)

    def image(alpha: Tensor) -> Tensor:
        of_pairs = (root.flatten(1) @ alpha.flatten()) @ root.flatten(1)
        return source @ alpha @ target + of_pairs.reshape_as(alpha)

    alpha = conjugate_gradients(lambda each: observed * image(each) + ridge * each, value, steps=ITERATIONS)
    return image(alpha)
