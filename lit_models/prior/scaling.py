"""Putting parts of a world on one scale before they are mixed."""

import numpy as np

from datamodules.matrix_types import FloatMatrix

TINY = 1e-6


def unit(part: FloatMatrix) -> FloatMatrix:
    """Centre a part and divide it by the root mean square of its deviations within columns.

    What is constant in a column moves no ranking, so it must not count as a part's size.

    Args:
        part: [N, M] float64.

    Returns:
        [N, M] float64; a part without any deviation is only centred.

    >>> unit(np.array([[0., 10.], [2., 12.]])).tolist()
    [[-6.0, 4.0], [-4.0, 6.0]]
    """
    size = np.sqrt(np.square(part - part.mean(0)).mean())
    return (part - part.mean()) / (size if size > TINY else 1.0)


def column_scores(value: FloatMatrix) -> FloatMatrix:
    """z-scores of each column, by all its entries: [N, M] float64."""
    return (value - value.mean(0)) / (value.std(0) + TINY)


def squared_distances(one: FloatMatrix, other: FloatMatrix) -> FloatMatrix:
    """Squared Euclidean distances, in units of their median off the diagonal.

    Args:
        one: [N, d] float64.
        other: [N, d] float64.

    Returns:
        [N, N] float64.
    """
    squares = np.square(one).sum(1)[:, None] + np.square(other).sum(1) - 2.0 * one @ other.T
    squares = np.maximum(squares, 0.0)
    return squares / (np.median(squares[~np.eye(len(squares), dtype=bool)]) + TINY)
