"""The finite-sample quantile of calibration scores, and how many scores a level needs."""

from fractions import Fraction
from math import ceil, floor, inf

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError


def check_level(level: float) -> None:
    """Refuse a level that is not a share.

    Args:
        level: share of the remaining cells that intervals should cover.

    Raises:
        UserError: unless it lies strictly between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        percent = f": for {level:g} %, write {level / 100:g}" if 1.0 < level < 100.0 else ""
        raise UserError(f"level={level:g}: a level lies strictly between 0 and 1{percent}")


def cells_needed(level: float) -> int:
    """How many calibration scores a bounded interval of a level takes: level / (1 − level), rounded up.

    Args:
        level: nominal coverage, in (0, 1).

    Returns:
        The smallest n with ⌈(n + 1) · level⌉ ≤ n.

    >>> [cells_needed(level) for level in (0.8, 0.9, 0.95)]
    [4, 9, 19]
    """
    share = _exact(level)
    return ceil(share / (1 - share))


def upper_rank(count: int, level: float) -> int:
    """Which of n sorted scores bounds a new one with probability ``level``: ⌈(n + 1) · level⌉, from 1.

    Args:
        count: number n of scores.
        level: nominal coverage, in (0, 1).

    Returns:
        The rank; more than ``count`` where there are too few scores, and the bound is infinite.
    """
    return ceil((count + 1) * _exact(level))


def lower_rank(count: int, level: float) -> int:
    """Its counterpart from below: ⌊(n + 1) · (1 − level)⌋, from 1; 0 where there are too few scores."""
    return floor((count + 1) * (1 - _exact(level)))


def conformal_quantile(scores: npt.NDArray[np.float64], level: float) -> float:
    """The score that a new, exchangeable one does not exceed with probability ``level`` or more.

    Split conformal prediction (Papadopoulos et al., ECML 2002; Vovk, Gammerman & Shafer, 2005).

    Args:
        scores: [n] float64.
        level: nominal coverage, in (0, 1).

    Returns:
        The ⌈(n + 1) · level⌉-th smallest score; infinity with fewer than :func:`cells_needed` scores, never
        the largest score in its place.

    >>> conformal_quantile(np.arange(1.0, 20.0), 0.9), conformal_quantile(np.arange(8.0), 0.9)
    (18.0, inf)
    """
    rank = upper_rank(len(scores), level)
    return inf if rank > len(scores) else float(np.sort(scores)[rank - 1])


def _exact(level: float) -> Fraction:
    """The level as it is written: as a float, 0.9 / (1 − 0.9) is more than 9."""
    return Fraction(str(level))
