"""Σ log(1 + exp(score)) over all N² pairs of nodes, with its gradient, in blocks of rows.

That sum is what a cross-entropy over every pair costs; the edges' own terms are few. Autograd would keep
several [N, N] tensors for the way back. Here a block of rows is decoded, added up and turned into its part of
the gradient before the next one is made, so that no tensor is larger than [rows, N]. Value and gradient are
exact: those of :mod:`lit_models.decoders`, up to rounding.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn.functional import softplus

from lit_models.autoencoder import Autoencoder
from lit_models.gae import GAE
from lit_models.gravity import GravityGAE
from lit_models.source_target import SourceTargetGAE

BLOCKWISE_FROM_NODES = 1_000
BLOCK_ROWS = 128  # a block of 2,708 columns stays in a core's cache

# σ ≥ 1/2 is multiplied 2⁵ times before a logarithm is taken of the product, which stays above 2⁻³².
_FOLDS = 5
# Above, exp(mass) leaves the range of float32, and so does the closed form.
_MASS_LIMIT = 35.0

Sum = tuple[Tensor, tuple[Tensor, ...]]


def softplus_of_all_pairs(model: Autoencoder, z: Tensor) -> Tensor:
    """Σ_ij log(1 + exp(s_ij)) of a model's scores s = ``model.decode(z)``.

    Args:
        model: gives the decoder. From 1,000 nodes on, inner products, source-target products and gravity are
            summed in blocks; others, and smaller graphs, as one tensor.
        z: [N, d] float.

    Returns:
        [] float.
    """
    blockwise = _BLOCKWISE.get(type(model).decode) if len(z) >= BLOCKWISE_FROM_NODES else None
    return softplus(model.decode(z)).sum() if blockwise is None else blockwise(model, z)


def inner_product_sum(z: Tensor) -> Tensor:
    """Σ_ij log(1 + exp(⟨z_i, z_j⟩)).

    Args:
        z: [N, d] float.

    Returns:
        [] float.
    """
    total: Tensor = _Sum.apply(_inner_product, z)
    return total


def source_target_sum(z: Tensor) -> Tensor:
    """Σ_ij log(1 + exp(⟨s_i, t_j⟩)) with z = [s, t].

    Args:
        z: [N, 2d] float.

    Returns:
        [] float.
    """
    source, target = z.chunk(2, dim=-1)
    total: Tensor = _Sum.apply(_source_target, source, target)
    return total


def gravity_sum(z: Tensor, *, distance_weight: float | Tensor, softening: float) -> Tensor:
    """Σ_ij log(1 + exp(m_j − λ log(‖z_i − z_j‖² + ε))) with z = [position, m].

    As distances are symmetric, it is the same sum with the mass on the other side.

    Args:
        z: [N, d + 1] float.
        distance_weight: λ.
        softening: ε.

    Returns:
        [] float.
    """
    factor = torch.as_tensor(distance_weight, dtype=z.dtype, device=z.device)
    # The closed form has no slope in λ.
    closed = not isinstance(distance_weight, Tensor) and distance_weight == 1.0
    of_blocks = partial(_gravity, softening=softening, closed=closed)
    total: Tensor = _Sum.apply(of_blocks, z[:, :-1], z[:, -1], factor)
    return total


def _gravity_model_sum(model: Autoencoder, z: Tensor) -> Tensor:
    assert isinstance(model, GravityGAE)
    return gravity_sum(z, distance_weight=model.distance_weight, softening=model.softening)


_BLOCKWISE: dict[Callable[..., Tensor], Callable[[Autoencoder, Tensor], Tensor]] = {
    GAE.decode: lambda _, z: inner_product_sum(z),
    SourceTargetGAE.decode: lambda _, z: source_target_sum(z),
    GravityGAE.decode: _gravity_model_sum,
}


class _Sum(torch.autograd.Function):
    """A sum whose gradient is made along with its value, block by block."""

    @staticmethod
    def forward(ctx: FunctionCtx, of_blocks: Callable[..., Sum], *inputs: Tensor) -> Tensor:
        total, gradients = of_blocks(*(each.detach().contiguous() for each in inputs))
        ctx.save_for_backward(*gradients)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, outer: Tensor) -> tuple[Tensor | None, ...]:
        return None, *(outer * gradient for gradient in ctx.saved_tensors)


def _starts(size: int) -> range:
    return range(0, size, BLOCK_ROWS)


def _inner_product(z: Tensor) -> Sum:
    """Scores are symmetric: only those on and right of the diagonal are made."""
    gradient, total = torch.zeros_like(z), z.new_zeros(())
    for start in _starts(len(z)):
        rows, columns = z[start : start + BLOCK_ROWS], z[start:]
        right = len(rows)
        scores = rows @ columns.mT
        sigmoid = scores.sigmoid()
        gradient[start : start + right].addmm_(sigmoid, columns, alpha=2.0)
        gradient[start + right :].addmm_(sigmoid[:, right:].mT, rows, alpha=2.0)
        total += _softplus_sum(scores[:, :right], sigmoid[:, :right])
        total += 2.0 * _softplus_sum(scores[:, right:], sigmoid[:, right:])
    return total, (gradient,)


def _source_target(source: Tensor, target: Tensor) -> Sum:
    of_source, of_target = torch.empty_like(source), torch.zeros_like(target)
    total = source.new_zeros(())
    for start in _starts(len(source)):
        block = slice(start, start + BLOCK_ROWS)
        scores = source[block] @ target.mT
        sigmoid = scores.sigmoid()
        torch.mm(sigmoid, target, out=of_source[block])
        of_target.addmm_(sigmoid.mT, source[block])
        total += _softplus_sum(scores, sigmoid)
    return total, (of_source, of_target)


def _gravity(position: Tensor, mass: Tensor, factor: Tensor, *, softening: float, closed: bool) -> Sum:
    """Distances are symmetric: only those on and right of the diagonal are made, and serve both directions.

    With σ = σ(s_ij) and d = ‖z_i − z_j‖² + ε, s_ij pulls m_j by σ, λ by −σ log d, and z_i towards z_j by
    2λσ/d.
    """
    attract = _closed_attraction if closed and mass.max() < _MASS_LIMIT else _attraction
    squares, ones = position.square().sum(-1, keepdim=True), torch.ones_like(mass)[:, None]
    # ‖a − b‖² = ⟨[−2a, |a|², 1], [b, 1, |b|²]⟩: a block of distances is one product.
    left = torch.cat([-2.0 * position, squares, ones], dim=-1)
    right = torch.cat([position, ones, squares], dim=-1)
    with_ones = torch.cat([position, ones], dim=-1)
    pulled, of_mass = torch.zeros_like(with_ones), torch.zeros_like(mass)
    total, of_factor = mass.new_zeros(()), mass.new_zeros(())
    for start in _starts(len(mass)):
        rows = slice(start, start + BLOCK_ROWS)
        distance = (left[rows] @ right[start:].mT).clamp_(min=0.0).add_(softening)
        stop = start + len(distance)
        inside = slice(0, len(distance))
        beyond = slice(len(distance), None)
        pull, value, slope = attract(distance, mass[start:], factor)
        total += value
        of_factor += slope
        of_mass[start:] += pull.sum(0)
        back, value, slope = attract(distance[:, beyond], mass[rows, None], factor)
        total += value
        of_factor += slope
        of_mass[rows] += back.sum(1)
        pull[:, beyond] += back
        pull[:, inside] += pull[:, inside].mT.clone()
        pull /= distance
        pulled[rows].addmm_(pull, with_ones[start:])
        pulled[stop:].addmm_(pull[:, beyond].mT, with_ones[rows])
    of_position = 2.0 * factor * (pulled[:, :-1] - pulled[:, -1:] * position)
    return total, (of_position, of_mass, of_factor)


def _closed_attraction(distance: Tensor, mass: Tensor, _: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """See :func:`_attraction`; λ = 1: σ(m − log d) = M / (M + d) with M = exp(m)."""
    weight = mass.exp()
    inverse = (distance + weight).reciprocal_()
    value = -torch.mul(inverse, distance).log_().sum()
    return inverse.mul_(weight), value, mass.new_zeros(())


def _attraction(distance: Tensor, mass: Tensor, factor: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """σ(s) of s = m − λ log d, the sum of log(1 + exp(s)), and its slope in λ."""
    log_distance = distance.log()
    scores = mass - factor * log_distance
    sigmoid = scores.sigmoid()
    slope = -torch.dot(sigmoid.flatten(), log_distance.flatten())
    return sigmoid, _softplus_sum(scores, sigmoid), slope


def _softplus_sum(scores: Tensor, sigmoid: Tensor) -> Tensor:
    """Σ log(1 + exp(s)) = Σ max(s, 0) − Σ log max(σ, 1 − σ), with a logarithm for every 2⁵ of them.

    Args:
        scores: [rows, columns] float s; overwritten.
        sigmoid: σ(s).

    Returns:
        [] float.
    """
    likelier = (sigmoid - 0.5).abs_().add_(0.5)
    for _ in range(_FOLDS):
        width = likelier.shape[-1]
        half = width // 2
        likelier[:, :half] *= likelier[:, width - half :]
        likelier = likelier[:, : width - half]
    return scores.clamp_(min=0.0).sum() - likelier.log().sum()
