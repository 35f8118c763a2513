"""Decoders: from task vectors to a score per transfer, source × target.

Each decoder is one function, used in both training and evaluation.
"""

from typing import Literal

import torch
from torch import Tensor

Mass = Literal["source", "target"]


def sides(source: Tensor, target: Tensor, *, sources: int | None) -> tuple[Tensor, Tensor]:
    """Vectors of the rows and of the columns of a matrix of scores.

    Args:
        source: [N, ...] float, each task's vector as a source.
        target: [N, ...] float, as a target.
        sources: number S of sources of a bipartite graph, whose vectors come first, as in what follows; None
            if every task is both.

    Returns:
        [S, ...] and [T, ...] float; what was given, if every task is both.
    """
    return (source, target) if sources is None else (source[:sources], target[sources:])


def inner_product(z: Tensor, *, sources: int | None = None) -> Tensor:
    """⟨z_i, z_j⟩ (Kipf & Welling, 2016), which is symmetric.

    Args:
        z: [N, d] float.
        sources: see :func:`sides`.

    Returns:
        [N, N] float, or [S, T], as all decoders.
    """
    source, target = sides(z, z, sources=sources)
    return source @ target.mT


def source_target(z: Tensor, *, sources: int | None = None) -> Tensor:
    """⟨s_i, t_j⟩ with z = [s, t] (Salha et al., CIKM 2019, equation 6).

    Args:
        z: [N, 2d] float, each task's source vector followed by its target vector.
        sources: see :func:`sides`.

    Returns:
        [N, N] float.

    >>> source_target(torch.tensor([[1.0, 0.0], [0.0, 2.0]]))
    tensor([[0., 2.],
            [0., 0.]])
    """
    source, target = sides(*z.chunk(2, dim=-1), sources=sources)
    return source @ target.mT


def gravity(
    z: Tensor,
    *,
    mass: Mass,
    distance_weight: float | Tensor,
    softening: float,
    sources: int | None = None,
) -> Tensor:
    """M − λ log(‖z_i − z_j‖² + ε) with z = [position, m] (Salha et al., CIKM 2019, equation 11).

    In the paper, M is the mass of the edge's head, m_j. That term is constant in a target's column and cannot
    change the ranking of its sources; with ``mass="source"``, M is m_i.

    Args:
        z: [N, d + 1] float, positions followed by the mass.
        mass: task whose mass is added, the transfer's ``source`` or ``target``.
        distance_weight: λ.
        softening: ε, which bounds the score of tasks at the same position.
        sources: see :func:`sides`.

    Returns:
        [N, N] float.

    >>> z = torch.tensor([[0.0, 5.0], [1.0, 7.0]])
    >>> gravity(z, mass="source", distance_weight=1.0, softening=1.0)
    tensor([[5.0000, 4.3069],
            [6.3069, 7.0000]])
    """
    position, masses = z[..., :-1], z[..., -1]
    of_source, of_target = sides(masses, masses, sources=sources)
    attraction = of_source[..., :, None] if mass == "source" else of_target[..., None, :]
    distance = squared_distance(*sides(position, position, sources=sources))
    return attraction - distance_weight * torch.log(distance + softening)


def squared_distance(source: Tensor, target: Tensor) -> Tensor:
    """‖a_i − b_j‖² between the positions of sources and of targets.

    Args:
        source: [S, d] float.
        target: [T, d] float.

    Returns:
        [S, T] float, ≥ 0.

    >>> squared_distance(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0]]))
    tensor([[25.]])
    """
    # |a|² + |b|² − 2ab has a gradient at a = b, unlike the root in torch.cdist
    squares = source.square().sum(-1)[..., :, None] + target.square().sum(-1)[..., None, :]
    return (squares - 2.0 * source @ target.mT).clamp(min=0.0)
