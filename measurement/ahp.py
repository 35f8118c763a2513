"""Ordinal normalisation: from who beats whom to affinities, by the Analytic Hierarchy Process.

Losses of two targets have no common unit. Taskonomy (Zamir et al., CVPR 2018, section 3.3) therefore keeps
only the order: how often does one source beat another on the same test image, and which vector of affinities
says so best?
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

CLIP = 0.001  # Taskonomy's: no candidate beats another on more than 99.9 % of the images


class Affinity(NamedTuple):
    """What the Analytic Hierarchy Process makes of one target's tournament.

    Attributes:
        share: [C] affinity of each candidate, positive, sums to 1; higher is better.
        eigenvalue: λ of the ratio matrix; at least C, and C exactly where all ratios agree.
        consistency_index: (λ − C) / (C − 1), Saaty's; 0 where all ratios agree.
    """

    share: FloatArray
    eigenvalue: float
    consistency_index: float


def tournament(losses: npt.ArrayLike) -> FloatArray:
    """Share of samples on which one candidate beats another.

    Args:
        losses: [C, n], loss of candidate i on sample k; lower is better.

    Returns:
        [C, C] wins in [0, 1]: entry (i, j) is the share on which i has a lower loss than j, ties half.

    Raises:
        ValueError: if ``losses`` is no matrix of finite numbers.

    >>> tournament([[1.0, 1.0, 2.0, 5.0], [2.0, 1.0, 3.0, 4.0]])
    array([[0.5  , 0.625],
           [0.375, 0.5  ]])
    """
    array = np.asarray(losses, dtype=np.float64)
    if array.ndim != 2 or array.size == 0 or not np.isfinite(array).all():
        raise ValueError("losses must be a candidates × samples matrix of finite numbers")
    less = np.stack([(row < array).mean(1) for row in array])
    return np.asarray((less + 1.0 - less.T) / 2)


def odds(wins: npt.ArrayLike, *, clip: float = CLIP) -> FloatArray:
    """Wins as a ratio: how many times better.

    Args:
        wins: shares in [0, 1].
        clip: shares are taken from ``[clip, 1 - clip]``.

    Returns:
        wins / (1 − wins), of the same shape.
    """
    clipped = np.clip(np.asarray(wins, dtype=np.float64), clip, 1.0 - clip)
    return clipped / (1.0 - clipped)


def ahp(wins: npt.ArrayLike, *, clip: float = CLIP) -> Affinity:
    """Affinities of all candidates of one target: the principal eigenvector of W / Wᵀ (element by element).

    Args:
        wins: [C, C] shares in [0, 1]; entry (i, j) says how often i beats j. The diagonal does not count.
        clip: shares are taken from ``[clip, 1 - clip]``.

    Returns:
        The affinities with λ and the consistency index.

    Raises:
        ValueError: if ``wins`` is no square matrix of shares.

    >>> ahp([[0.5, 0.75], [0.25, 0.5]]).share
    array([0.75, 0.25])
    """
    matrix = np.asarray(wins, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(f"wins must be a square matrix, not of shape {matrix.shape}")
    if not ((matrix >= 0.0) & (matrix <= 1.0)).all():
        raise ValueError("wins must be shares between 0 and 1")
    clipped = np.clip(matrix, clip, 1.0 - clip)
    ratio = clipped / clipped.T
    values, vectors = np.linalg.eig(ratio)
    principal = int(np.argmax(values.real))  # Perron: real, simple, and its vector has one sign
    share = np.abs(vectors[:, principal].real)
    size = len(ratio)
    eigenvalue = float(values[principal].real)
    return Affinity(
        share=share / share.sum(),
        eigenvalue=eigenvalue,
        consistency_index=(eigenvalue - size) / (size - 1) if size > 1 else 0.0,
    )


def affinity_from_opponents(wins: npt.ArrayLike, *, clip: float = CLIP) -> FloatArray:
    """Affinities where only the games against a few opponents are known.

    Each opponent alone gives v ∝ odds of beating it; the geometric mean over opponents is the least-squares
    solution in the logarithm. For Taskonomy's two published win rates it is
    v ∝ sqrt(odds(wins_vs_task) · odds(wins_vs_pixels)).

    Args:
        wins: [C, K] shares in [0, 1]; entry (i, k) says how often candidate i beats opponent k.
        clip: shares are taken from ``[clip, 1 - clip]``.

    Returns:
        [C] affinities, positive, sum 1.
    """
    share = np.exp(np.log(odds(wins, clip=clip)).mean(1))
    return np.asarray(share / share.sum())


def implied_eigenvalue(share: npt.ArrayLike, wins_of_one: npt.ArrayLike, one: int) -> float:
    """λ of an affinity vector by one row of its ratio matrix: Σ_j R[one, j] v_j / v_one.

    A reciprocal matrix of size C has λ ≥ C, so that a published vector can be checked by one row of games.

    Args:
        share: [C] affinities v.
        wins_of_one: [C] shares in [0, 1] on which candidate ``one`` beats candidate j.
        one: its position.

    Returns:
        λ.
    """
    v = np.asarray(share, dtype=np.float64)
    ratio = odds(wins_of_one)
    ratio[one] = 1.0
    return float((ratio * v).sum() / v[one])
