"""Similarity trees: agglomerative clustering of the rows of a matrix."""

import numpy as np
from scipy.cluster.hierarchy import linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist

from datamodules.matrix_types import FloatMatrix

# A merge: the two clusters joined (a source's position, or M + the number of an earlier merge), its height.
Merge = tuple[int, int, float]


def similarity_tree(scores: FloatMatrix) -> list[Merge]:
    """Cluster sources by their transferring-out patterns, as in Taskonomy's similarity tree.

    Average linkage over the distance 1 − correlation of two rows, with optimal leaf ordering (Bar-Joseph et
    al., 2001).

    Args:
        scores: [M, N] float64, one row per source, in standard deviations of each target; NaN counts as 0,
            the target's mean.

    Returns:
        M − 1 merges; none for fewer than two sources.

    >>> sorted(similarity_tree(np.array([[1., 0., 0.], [0., 0., 1.], [1., 0., .1]]))[0][:2])
    [0, 2]
    """
    if len(scores) < 2:
        return []
    patterns = np.nan_to_num(scores)
    centred = patterns - patterns.mean(1, keepdims=True)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    # A constant row correlates with nothing: distance 1, half way between equal and opposite.
    unit = np.divide(centred, norms, out=np.zeros_like(centred), where=norms > 1e-12)
    distance = np.clip(pdist(unit, "sqeuclidean") / 2, 0.0, 2.0)
    constant = norms[:, 0] <= 1e-12
    rows, columns = np.triu_indices(len(scores), 1)
    distance[constant[rows] | constant[columns]] = 1.0
    merges = optimal_leaf_ordering(linkage(distance, "average"), distance)
    return [(int(one), int(other), round(float(height), 3)) for one, other, height, _ in merges]
