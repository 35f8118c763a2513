"""Signed-rank tests over datasets: how probable it is that a model is better, and a p-value beside it."""

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import permutation_test, rankdata, wilcoxon

from benchmark.scoring.intervals import RESAMPLING_SEED

# Differences of per-target Spearman below this are called the same.
ROPE = 0.01
SAMPLES = 20_000
# Weight of the prior's one observation of 0, beside 1 for every difference; the authors' choice.
PRIOR = 0.5
# As many differences have few enough signs to go through all of them.
FEW = 13


class Probabilities(NamedTuple):
    """What the Bayesian signed-rank test says of ``first − second``; the three add up to 1."""

    better: float
    same: float
    worse: float

    @property
    def likely(self) -> str:
        """``better``, ``same`` or ``worse`` where that has a probability of .95 or more; else ``open``."""
        return next((name for name, value in self._asdict().items() if value >= 0.95), "open")


def bayesian_signed_rank(differences: Sequence[float], *, rope: float = ROPE) -> Probabilities:
    """Bayesian signed-rank test with a region of practical equivalence.

    Benavoli, Corani, Demšar & Zaffalon, "Time for a change" (JMLR 2017), section 4.2: the differences get
    weights from a Dirichlet distribution, together with a prior observation of 0. The mean of two
    differences drawn with these weights falls below, within or above the region; a probability is the share
    of drawn weights for which that outcome is the most probable one. As in the authors' ``baycomp``, but with
    a fixed seed.

    Args:
        differences: one per dataset, higher is better.
        rope: half the width of the region, in the unit of the differences.

    Returns:
        The three probabilities; their Monte-Carlo standard error is at most .004.

    Raises:
        ValueError: without differences, or if one is not finite.

    >>> bayesian_signed_rank([0.1] * 10)
    Probabilities(better=1.0, same=0.0, worse=0.0)
    """
    values = np.array([0.0, *differences])
    if len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"one finite difference per dataset is needed, got {list(differences)}")
    sums = values[:, None] + values
    weights = _dirichlet(len(values))
    above, below = (_half_at_the_edge(side, 2 * rope) for side in (sums, -sums))
    better, worse = (((weights @ side) * weights).sum(1) for side in (above, below))
    winners = np.argmax([better, 1.0 - better - worse, worse], axis=0)
    return Probabilities(*(np.bincount(winners, minlength=3) / SAMPLES).tolist())


def wilcoxon_signed_rank(
    differences: Sequence[float], *, alternative: Literal["two-sided", "greater"] = "two-sided"
) -> float:
    """Wilcoxon signed-rank test; zeros count half for either side (Demšar, JMLR 2006, 3.1.3).

    Args:
        differences: one per dataset, or whatever else is drawn independently.
        alternative: ``greater`` asks only whether they are above 0.

    Returns:
        The p-value; 1 if every difference is 0. Exact for up to 13 differences, and for up to 50 without
        zeros and ties.

    >>> wilcoxon_signed_rank([0.1, 0.2, 0.3, 0.4, 0.5])
    0.0625
    """
    values = np.asarray(differences, dtype=np.float64)
    if not values.any():
        return 1.0
    if len(values) > FEW:
        return float(wilcoxon(values, zero_method="zsplit", alternative=alternative).pvalue)
    # What `wilcoxon` does here, too, but with a call of Python for each of up to 8,192 choices of signs.
    ranks = np.sign(values) * rankdata(np.abs(values))
    test = permutation_test((ranks,), np.sum, permutation_type="samples", alternative=alternative)
    return float(test.pvalue)


@cache
def _dirichlet(size: int) -> npt.NDArray[np.float64]:
    """[SAMPLES, size] float64: the same weights for every test of one size, the prior's first."""
    return np.random.default_rng([RESAMPLING_SEED, size]).dirichlet([PRIOR] + [1.0] * (size - 1), SAMPLES)


def _half_at_the_edge(sums: npt.NDArray[np.float64], edge: float) -> npt.NDArray[np.float64]:
    return np.heaviside(sums - edge, 0.5)
