"""Mean ranks over datasets with their intervals, and the critical difference between them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, studentized_range

from benchmark.scoring.intervals import RESAMPLING_SEED

RESAMPLES = 10_000
CONFIDENCE = 0.95


class MeanRank(NamedTuple):
    """A model's ranks over datasets.

    Attributes:
        mean: ranks from 1, ties sharing a rank.
        low: lower end of the 95 % interval.
        high: upper end.
        wins: datasets on which no model is better.
    """

    mean: float
    low: float
    high: float
    wins: int


def ranks_of(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Ranks within each dataset.

    Args:
        scores: [D, M] float64, datasets × models, finite, higher is better.

    Returns:
        [D, M] float64 from 1, the best; ties share their mean rank.

    >>> ranks_of(np.array([[0.5, 0.7, 0.5]]))
    array([[2.5, 1. , 2.5]])
    """
    ranks: npt.NDArray[np.float64] = rankdata(-scores, axis=1)
    return ranks


def mean_ranks(scores: npt.NDArray[np.float64]) -> list[MeanRank]:
    """Mean rank of every model, its percentile bootstrap over datasets, and how often it wins.

    Args:
        scores: [D, M] float64, datasets × models, finite, higher is better.

    Returns:
        One per model; with a single dataset the interval is a point.
    """
    ranks = ranks_of(scores)
    low, high = bootstrap_over_datasets(ranks)
    wins = (scores == scores.max(1, keepdims=True)).sum(0)
    columns = (ranks.mean(0), low, high, wins)
    return [
        MeanRank(float(mean), float(least), float(most), int(won))
        for mean, least, most, won in zip(*columns, strict=True)
    ]


def bootstrap_over_datasets(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """95 % percentile interval of the mean over datasets, these drawn with replacement, 10,000 times.

    Args:
        values: [D, ...] float64, one row per dataset.

    Returns:
        [2, ...] float64, lower and upper ends; the same for the same values.

    >>> bootstrap_over_datasets(np.array([0.5, 0.5])).tolist()
    [0.5, 0.5]
    """
    count = len(values)
    drawn = np.random.default_rng(RESAMPLING_SEED).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    tail = (1 - CONFIDENCE) / 2
    ends: npt.NDArray[np.float64] = np.quantile(drawn @ values / count, [tail, 1 - tail], axis=0)
    return ends


def critical_difference(*, models: int, datasets: int) -> float:
    """How far apart two mean ranks must lie to differ at .05 (Nemenyi; Demšar, JMLR 2006, section 3.2.2).

    Args:
        models: how many are ranked.
        datasets: over how many.

    Returns:
        The difference of mean ranks.

    >>> round(critical_difference(models=4, datasets=14), 2)  # Demšar's example: 2.569 √(4·5 / (6·14))
    1.25
    """
    quantile = float(studentized_range.ppf(CONFIDENCE, models, np.inf)) / np.sqrt(2.0)
    return float(quantile * np.sqrt(models * (models + 1) / (6.0 * datasets)))


def cliques(ordered: Sequence[float], difference: float) -> list[tuple[int, int]]:
    """Groups of models that a critical-difference diagram joins.

    Args:
        ordered: mean ranks, best first.
        difference: mean ranks no further apart than this are joined.

    Returns:
        First and last position of every largest group of two or more.

    >>> cliques([1.0, 1.5, 2.4, 4.0], 1.0)
    [(0, 1), (1, 2)]
    """
    found: list[tuple[int, int]] = []
    for first, rank in enumerate(ordered):
        last = max(position for position, other in enumerate(ordered) if other - rank <= difference)
        if last > first and (not found or last > found[-1][1]):
            found.append((first, last))
    return found
