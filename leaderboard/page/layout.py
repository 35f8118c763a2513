"""Where tasks stand in the picture of the task graph: near those that transfer well to them."""

import networkx as nx
import numpy as np

from datamodules.source import FloatMatrix

SEED = 7
EDGES = 2


def task_layout(truth: FloatMatrix) -> list[tuple[float, float]]:
    """Lay tasks out by the true matrix, so that they stay put whatever model is looked at.

    Args:
        truth: [N, N] float64, standardised by target; NaN where not eligible.

    Returns:
        N positions in [0, 1]².
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(len(truth)))
    for target, column in enumerate(truth.T):
        for source in np.argsort(-column)[: min(EDGES, int(np.isfinite(column).sum()))]:
            graph.add_edge(int(source), target)
    # A ring through all holds what is not connected together, and gives the same start every time.
    start = nx.circular_layout(graph)
    placed = nx.spring_layout(graph, pos=start, k=1.9 / np.sqrt(len(truth)), iterations=300, seed=SEED)
    points = np.array([placed[node] for node in range(len(truth))])
    low, high = points.min(0), points.max(0)
    spread = np.where(high > low, high - low, 1.0)
    return [(round(float(x), 3), round(float(y), 3)) for x, y in (points - low) / spread]
