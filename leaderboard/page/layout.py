"""Layout of the task graph: tasks with high transfer between them are drawn close together."""

import numpy as np
from scipy.spatial.distance import pdist, squareform

from datamodules.matrix_types import FloatMatrix

# Graph distance of tasks between which nothing was measured, and the smallest distance.
FAR, NEAR = 2.0, 0.6
STEPS = 60
# Radius of the circle that sets apart tasks that would start at one point, and the smallest distance drawn.
APART, CLOSE = 1e-2, 1e-9


def task_layout(truth: FloatMatrix) -> list[tuple[float, float]]:
    """Compute task positions from the true matrix, so that they are the same for every model.

    Stress majorisation (Gansner, Koren & North, Graph Drawing 2004) over all pairs, from classical scaling:
    the energy of Kamada & Kawai (1989), minimised by matrix products. The distance of two tasks decreases
    with the larger of their two affinities.

    Args:
        truth: [N, N] float64, source × target, standardised per target; NaN where not eligible.

    Returns:
        N positions in [0, 1]².
    """
    known = np.nan_to_num(truth, nan=-np.inf)
    better = np.maximum(known, known.T)
    wanted = np.where(np.isfinite(better), np.clip(np.exp(-better / 2), NEAR, FAR), FAR)
    np.fill_diagonal(wanted, 0.0)
    points = _classical_scaling(wanted) + APART * _circle(len(truth))
    np.fill_diagonal(wanted, np.inf)  # so that no task pulls itself
    weight = wanted**-2
    inverse = np.linalg.pinv(np.diag(weight.sum(1)) - weight)
    for _ in range(STEPS):
        pull = 1 / (wanted * np.maximum(squareform(pdist(points)), CLOSE))
        points = inverse @ (pull.sum(1, keepdims=True) * points - pull @ points)
    low, high = points.min(0), points.max(0)
    spread = np.where(high > low, high - low, 1.0)
    return [(round(float(x), 3), round(float(y), 3)) for x, y in (points - low) / spread]


def _classical_scaling(distance: FloatMatrix) -> FloatMatrix:
    """The plane in which the distances vary most (Torgerson, 1952), [N, 2]."""
    centring = np.eye(len(distance)) - 1 / len(distance)
    values, vectors = np.linalg.eigh(-centring @ distance**2 @ centring / 2)
    plane: FloatMatrix = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))
    return plane


def _circle(count: int) -> FloatMatrix:
    angle = 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(angle), np.sin(angle)])
