"""Layout of the task graph: tasks with high transfer between them are drawn close together."""

import networkx as nx
import numpy as np

from datamodules.matrix_types import FloatMatrix

# Graph distance of tasks between which nothing was measured, and the smallest distance.
FAR, NEAR = 2.0, 0.6


def task_layout(truth: FloatMatrix) -> list[tuple[float, float]]:
    """Compute task positions from the true matrix, so that they are the same for every model.

    Layout of Kamada & Kawai (1989) over all pairs; the distance of two tasks decreases with the larger of
    their two affinities.

    Args:
        truth: [N, N] float64, source × target, standardised per target; NaN where not eligible.

    Returns:
        N positions in [0, 1]².
    """
    count = len(truth)
    known = np.nan_to_num(truth, nan=-np.inf)
    better = np.maximum(known, known.T)
    distance = np.where(np.isfinite(better), np.clip(np.exp(-better / 2), NEAR, FAR), FAR)
    distances = {one: dict(enumerate(distance[one].tolist())) for one in range(count)}
    placed = nx.kamada_kawai_layout(
        nx.complete_graph(count), dist=distances, pos=nx.circular_layout(range(count))
    )
    points = np.array([placed[node] for node in range(count)])
    low, high = points.min(0), points.max(0)
    spread = np.where(high > low, high - low, 1.0)
    return [(round(float(x), 3), round(float(y), 3)) for x, y in (points - low) / spread]
