"""Ordinal normalisation: from pairwise wins to affinities, by the Analytic Hierarchy Process (AHP).

Losses on different targets have no common unit. Taskonomy (Zamir et al., CVPR 2018, section 3.3) therefore
keeps only their order: how often does one source beat another on the same test image, and which vector of
affinities explains these win rates best?
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

CLIP = 0.001  # as in Taskonomy: no candidate beats another on more than 99.9 % of the images


class Affinity(NamedTuple):
    """AHP affinities of the C candidates of one target.

    Attributes:
        share: [C] float64, affinity of each candidate, positive, sums to 1; higher is better.
        eigenvalue: principal eigenvalue λ of the ratio matrix; at least C, with equality if the ratios are
            consistent.
        consistency_index: Saaty's (λ − C) / (C − 1); 0 if the ratios are consistent.
    """

    share: FloatArray
    eigenvalue: float
    consistency_index: float


def tournament(losses: npt.ArrayLike) -> FloatArray:
    """Win rate of every candidate against every other.

    Args:
        losses: [C, n], loss of candidate i on sample k; lower is better.

    Returns:
        [C, C] win rates in [0, 1]: entry (i, j) is the share of samples on which i has a lower loss than j;
        ties count half.

    Raises:
        ValueError: if ``losses`` is not a matrix of finite numbers.

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
    """Win rates as odds.

    Args:
        wins: win rates in [0, 1].
        clip: win rates are clipped to ``[clip, 1 - clip]``.

    Returns:
        wins / (1 − wins), of the same shape.
    """
    clipped = np.clip(np.asarray(wins, dtype=np.float64), clip, 1.0 - clip)
    return clipped / (1.0 - clipped)


def ahp(wins: npt.ArrayLike, *, clip: float = CLIP) -> Affinity:
    """Affinities of all candidates of one target: the principal eigenvector of W / Wᵀ (element-wise).

    Args:
        wins: [C, C] win rates in [0, 1]; entry (i, j) says how often i beats j. The diagonal is ignored.
        clip: win rates are clipped to ``[clip, 1 - clip]``.

    Returns:
        The affinities with λ and the consistency index.

    Raises:
        ValueError: if ``wins`` is not a square matrix of win rates.

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
    """Affinities when only the win rates against a few opponents are known.

    Each opponent alone gives v ∝ odds of beating it; the geometric mean over opponents is the least-squares
    solution in log space. For Taskonomy's two published win rates it is
    v ∝ sqrt(odds(wins_vs_task) · odds(wins_vs_pixels)).

    Args:
        wins: [C, K] win rates in [0, 1]; entry (i, k) says how often candidate i beats opponent k.
        clip: win rates are clipped to ``[clip, 1 - clip]``.

    Returns:
        [C] affinities, positive, sum 1.
    """
    share = np.exp(np.log(odds(wins, clip=clip)).mean(1))
    return np.asarray(share / share.sum())


def implied_eigenvalue(share: npt.ArrayLike, wins_of_one: npt.ArrayLike, one: int) -> float:
    """λ implied by an affinity vector and one row of its ratio matrix: Σ_j R[one, j] v_j / v_one.

    A reciprocal matrix of size C has λ ≥ C, so a published vector can be checked by one row of win rates.

    Args:
        share: [C] affinities v.
        wins_of_one: [C] win rates in [0, 1] of candidate ``one`` against candidate j.
        one: index of that candidate.

    Returns:
        λ.
    """
    v = np.asarray(share, dtype=np.float64)
    ratio = odds(wins_of_one)
    ratio[one] = 1.0
    return float((ratio * v).sum() / v[one])
