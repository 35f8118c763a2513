"""Σ log(1 + exp(score)) over all N² pairs of nodes, with its gradient, in blocks of rows.

Autograd would keep several [N, N] tensors for the backward pass. Here each block of rows is decoded, summed
and turned into its part of the gradient before the next block, so no tensor is larger than [rows, N]. Value
and gradient equal those of :mod:`lit_models.layers.decoders` up to rounding.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

BLOCK_ROWS = 128  # a block with 2,708 columns fits into a core's cache

# Above this score, gravity takes the general form, not the closed one: exp(−2 · 40) is still a float32.
_CLOSED_UP_TO = 40.0

Sum = tuple[Tensor, tuple[Tensor, ...]]


def inner_product_sum(z: Tensor) -> Tensor:
    """Σ_ij log(1 + exp(⟨z_i, z_j⟩)).

    Args:
        z: [N, d] float.

    Returns:
        [] float.
    """
    return _sum(_inner_product, z)


def source_target_sum(z: Tensor) -> Tensor:
    """Σ_ij log(1 + exp(⟨s_i, t_j⟩)) with z = [s, t].

    Args:
        z: [N, 2d] float.

    Returns:
        [] float.
    """
    source, target = z.chunk(2, dim=-1)
    return _sum(_source_target, source, target)


def gravity_sum(z: Tensor, *, distance_weight: float | Tensor, softening: float) -> Tensor:
    """Σ_ij log(1 + exp(m_j − λ log(‖z_i − z_j‖² + ε))) with z = [position, m].

    Distances are symmetric, so the sum is the same with the source's mass m_i.

    Args:
        z: [N, d + 1] float.
        distance_weight: λ.
        softening: ε.

    Returns:
        [] float.
    """
    factor = torch.as_tensor(distance_weight, dtype=z.dtype, device=z.device)
    # The closed form has no gradient in λ.
    closed = not isinstance(distance_weight, Tensor) and distance_weight == 1.0
    of_blocks = partial(_gravity, softening=softening, closed=closed)
    return _sum(of_blocks, z[:, :-1], z[:, -1], factor)


def _sum(of_blocks: Callable[..., Sum], *inputs: Tensor) -> Tensor:
    total: Tensor = _Sum.apply(of_blocks, *inputs)  # type: ignore[no-untyped-call]  # torch has no type for it
    return total


class _Sum(torch.autograd.Function):
    """A sum whose gradient is computed along with its value, block by block."""

    @staticmethod
    def forward(ctx: Any, of_blocks: Callable[..., Sum], *inputs: Tensor) -> Tensor:
        total, gradients = of_blocks(*(each.detach().contiguous() for each in inputs))
        ctx.save_for_backward(*gradients)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, outer: Tensor) -> tuple[Tensor | None, ...]:
        return None, *(outer * gradient for gradient in ctx.saved_tensors)


class _Scratch:
    """Memory for blocks, allocated once: new pages for every block would cost as much as filling them."""

    def __init__(self, like: Tensor) -> None:
        self._like = like
        self._pieces: dict[str, Tensor] = {}

    def __call__(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """Uninitialised [*shape] float; no shape may be larger than the first one of its name."""
        size = math.prod(shape)
        if name not in self._pieces:
            self._pieces[name] = self._like.new_empty(size)
        return self._pieces[name][:size].view(shape)

    def product(self, name: str, left: Tensor, right: Tensor) -> Tensor:
        """``left`` · ``right``ᵀ."""
        return torch.mm(left, right.mT, out=self(name, (len(left), len(right))))


def _blocks(size: int) -> Iterator[slice]:
    return (slice(start, min(start + BLOCK_ROWS, size)) for start in range(0, size, BLOCK_ROWS))


def _inner_product(z: Tensor) -> Sum:
    """Scores are symmetric: only those on and right of the diagonal are computed."""
    gradient, total = torch.zeros_like(z), z.new_zeros(())
    scratch = _Scratch(z)
    for rows in _blocks(len(z)):
        inside = rows.stop - rows.start
        scores = scratch.product("scores", z[rows], z[rows.start :])
        sigmoid = torch.sigmoid(scores, out=scratch("sigmoid", scores.shape))
        gradient[rows].addmm_(sigmoid, z[rows.start :], alpha=2.0)
        gradient[rows.stop :].addmm_(sigmoid[:, inside:].mT, z[rows], alpha=2.0)
        total += _softplus_sum(scores[:, :inside], sigmoid[:, :inside])
        total += 2.0 * _softplus_sum(scores[:, inside:], sigmoid[:, inside:])
    return total, (gradient,)


def _source_target(source: Tensor, target: Tensor) -> Sum:
    of_source, of_target = torch.empty_like(source), torch.zeros_like(target)
    total = source.new_zeros(())
    scratch = _Scratch(source)
    for rows in _blocks(len(source)):
        scores = scratch.product("scores", source[rows], target)
        sigmoid = torch.sigmoid(scores, out=scratch("sigmoid", scores.shape))
        torch.mm(sigmoid, target, out=of_source[rows])
        of_target.addmm_(sigmoid.mT, source[rows])
        total += _softplus_sum(scores, sigmoid)
    return total, (of_source, of_target)


def _gravity(position: Tensor, mass: Tensor, factor: Tensor, *, softening: float, closed: bool) -> Sum:
    """Distances are symmetric: only those on and right of the diagonal are computed, for both directions.

    With σ = σ(s_ij) and d = ‖z_i − z_j‖² + ε, the derivative is σ in m_j, −σ log d in λ, and
    −2λ σ/d (z_i − z_j) in z_i.
    """
    highest = mass.max() - math.log(softening) if softening > 0.0 else math.inf
    attract = _closed_attraction if closed and highest < _CLOSED_UP_TO else _attraction
    squares, ones = position.square().sum(-1, keepdim=True), torch.ones_like(mass)[:, None]
    # ‖a − b‖² = ⟨[−2a, |a|², 1], [b, 1, |b|²]⟩: a block of distances is one matrix product.
    left = torch.cat([-2.0 * position, squares, ones], dim=-1)
    right = torch.cat([position, ones, squares], dim=-1)
    with_ones = torch.cat([position, ones], dim=-1)
    pulled, of_mass = torch.zeros_like(with_ones), torch.zeros_like(mass)
    sums = mass.new_zeros(2)  # value, derivative in λ
    scratch = _Scratch(position)
    for rows in _blocks(len(mass)):
        inside = rows.stop - rows.start
        distance = scratch.product("distance", left[rows], right[rows.start :])
        distance.clamp_(min=0.0).add_(softening)
        pull = scratch("out", distance.shape)
        sums += attract(distance, mass[rows.start :], factor, pull, scratch)
        of_mass[rows.start :] += pull.sum(0)
        beyond = distance[:, inside:]
        back = scratch("back", beyond.shape)
        sums += attract(beyond, mass[rows, None], factor, back, scratch)
        of_mass[rows] += back.sum(1)
        pull[:, inside:] += back
        pull[:, :inside] += pull[:, :inside].mT.clone()
        pull /= distance
        pull.fill_diagonal_(0.0)  # a node does not attract itself, but rounding of large numbers might say so
        pulled[rows].addmm_(pull, with_ones[rows.start :])
        pulled[rows.stop :].addmm_(pull[:, inside:].mT, with_ones[rows])
    of_position = 2.0 * factor * (pulled[:, :-1] - pulled[:, -1:] * position)
    return sums[0], (of_position, of_mass, sums[1])


def _attraction(distance: Tensor, mass: Tensor, factor: Tensor, sigmoid: Tensor, scratch: _Scratch) -> Tensor:
    """Write σ(s) for s = m − λ log d, and sum log(1 + exp(s)) and its derivative in λ.

    Args:
        distance: [rows, columns] float, d.
        mass: float, m, broadcastable with ``distance``.
        factor: [] float, λ.
        sigmoid: [rows, columns] float, output for σ(s).
        scratch: memory.

    Returns:
        [2] float, both sums.
    """
    log_distance = torch.log(distance, out=scratch("log", distance.shape))
    scores = torch.mul(log_distance, -factor, out=scratch("scores", distance.shape)).add_(mass)
    torch.sigmoid(scores, out=sigmoid)
    slope = -torch.dot(sigmoid.flatten(), log_distance.flatten())
    return torch.stack([_softplus_sum(scores, sigmoid), slope])


def _closed_attraction(
    distance: Tensor, mass: Tensor, _: Tensor, sigmoid: Tensor, scratch: _Scratch
) -> Tensor:
    """:func:`_attraction` for λ = 1, without the derivative: σ(m − log d) = M / (M + d) with M = exp(m)."""
    weight = mass.exp()
    inverse = torch.add(distance, weight, out=sigmoid).reciprocal_()
    rest = torch.mul(inverse, distance, out=scratch("rest", distance.shape))
    value = -_log_of_product(rest, folds=1)
    inverse *= weight
    return torch.stack([value, torch.zeros_like(value)])


def _softplus_sum(scores: Tensor, sigmoid: Tensor) -> Tensor:
    """Σ log(1 + exp(s)) = Σ max(s, 0) − Σ log max(σ, 1 − σ), without overflow for any s.

    Args:
        scores: [rows, columns] float s; overwritten.
        sigmoid: σ(s).

    Returns:
        [] float.
    """
    linear = scores.clamp_(min=0.0).sum()
    likelier = torch.sub(sigmoid, 0.5, out=scores).abs_().add_(0.5)
    return linear - _log_of_product(likelier, folds=6)  # ≥ 2⁻⁶⁴


def _log_of_product(factors: Tensor, *, folds: int) -> Tensor:
    """Σ log, with one logarithm per 2^folds factors, whose product must not underflow.

    Args:
        factors: [rows, columns] float; overwritten.
        folds: number of times that the lower half of the rows is multiplied into the upper half.

    Returns:
        [] float.
    """
    for _ in range(folds):
        half = len(factors) // 2
        factors[:half] *= factors[len(factors) - half :]
        factors = factors[: len(factors) - half]
    return factors.log_().sum()
