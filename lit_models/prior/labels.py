"""Labels of tasks: clusters, and what becomes of them where someone else writes them down."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import FloatMatrix

IntVector = npt.NDArray[np.int64]


def draw_clusters(rng: np.random.Generator, count: int) -> IntVector:
    """Put tasks into clusters of unequal sizes: from a few large ones to nearly one per task.

    Args:
        rng: draws them.
        count: N.

    Returns:
        [N] int64, numbers from 0; some numbers may be empty.
    """
    most = max(4, round(0.6 * count))
    clusters = int(rng.integers(2, 8)) if rng.random() < 0.4 else int(rng.integers(3, most + 1))
    evenness = np.exp(rng.uniform(0.3, 3.0))
    return rng.choice(clusters, count, p=rng.dirichlet(np.full(clusters, evenness)))


def same(label: IntVector) -> FloatMatrix:
    """1 where two tasks have one label, 0 elsewhere: [N, N] float64.

    >>> same(np.array([0, 1, 0])).tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    """
    return (label[:, None] == label).astype(np.float64)


def corrupted(rng: np.random.Generator, label: IntVector, *, untouched: float) -> IntVector:
    """Labels as someone else would give them: merged, split, or partly wrong.

    Args:
        rng: draws the changes.
        label: [N] int64, from 0.
        untouched: probability of no change.

    Returns:
        [N] int64, from 0.
    """
    if rng.random() < untouched:
        return label
    draw = rng.random()
    if draw < 0.15:
        labels = int(label.max()) + 1
        label = rng.integers(0, max(2, 2 * labels // 3), labels)[label]
    elif draw < 0.4:
        label = 2 * label + (rng.random(len(label)) < 0.5)
    if rng.random() < 0.6:
        wrong = rng.random(len(label)) < rng.beta(1.0, 6.0)
        label = np.where(wrong, rng.integers(0, label.max() + 1, len(label)), label)
    return label


def cut(rng: np.random.Generator, number: npt.NDArray[np.float64], *, pieces: int) -> IntVector:
    """Labels by where a number falls between random quantiles of it: [N] int64."""
    return np.searchsorted(np.quantile(number, np.sort(rng.random(pieces - 1))), number)
