"""Layout of the task graph: tasks with high transfer between them are drawn close together."""

import numpy as np
from scipy.spatial.distance import pdist, squareform

from datamodules.matrix_types import FloatMatrix

# Graph distance of tasks between which nothing was measured, and the smallest distance.
FAR, NEAR = 2.0, 0.6
STEPS = 60


def task_layout(truth: FloatMatrix) -> list[tuple[float, float]]:
    """Compute task positions from the true matrix, so that they are the same for every model.

    Stress majorisation (SMACOF; Borg & Groenen, 2005, chapter 8) over all pairs, from a circle; the distance
    of two tasks decreases with the larger of their two affinities.

    Args:
        truth: [N, N] float64, source × target, standardised per target; NaN where not eligible.

    Returns:
        N positions in [0, 1]².
    """
    known = np.nan_to_num(truth, nan=-np.inf)
    better = np.maximum(known, known.T)
    wanted = np.where(np.isfinite(better), np.clip(np.exp(-better / 2), NEAR, FAR), FAR)
    np.fill_diagonal(wanted, 0.0)
    angle = 2 * np.pi * np.arange(len(truth)) / len(truth)
    points = np.column_stack([np.cos(angle), np.sin(angle)])
    for _ in range(STEPS):
        ratio = wanted / np.maximum(squareform(pdist(points)), 1e-9)
        points = (ratio.sum(1, keepdims=True) * points - ratio @ points) / len(truth)
    low, high = points.min(0), points.max(0)
    spread = np.where(high > low, high - low, 1.0)
    return [(round(float(x), 3), round(float(y), 3)) for x, y in (points - low) / spread]
