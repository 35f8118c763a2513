"""Tasks that are alike help each other: the part of a world that taught a prior-fitted model most."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from lit_models.prior.components import closeness
from lit_models.prior.labels import IntVector
from lit_models.prior.scaling import squared_distances, unit
from lit_models.prior.tasks import Tasks


def homophily(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """Likeness of a source and a target, by their places or by their roles.

    Args:
        rng: draws its form: a function of the distance, an inner product or a cosine, or nested clusters,
            each with a bonus of its own.
        tasks: the tasks.

    Returns:
        [N, N] float64, source × target.
    """
    one, other = (tasks.place, tasks.place) if rng.random() < 0.6 else (tasks.source, tasks.target)
    squares = squared_distances(one, other)
    draw = rng.random()
    if draw < 0.6:
        likeness = closeness(rng, squares)
    elif draw < 0.75:
        likeness = _product(one - one.mean(0), other - other.mean(0), cosine=rng.random() < 0.5)
    else:
        likeness = _nested(rng, tasks.cluster) + rng.uniform(0.0, 0.6) * np.exp(-squares)
    if rng.random() < 0.3:
        noise = rng.normal(size=squares.shape)
        likeness = unit(likeness) + rng.uniform(0.0, 0.4) * (noise + noise.T)
    return likeness


def _product(one: FloatMatrix, other: FloatMatrix, *, cosine: bool) -> FloatMatrix:
    if cosine:
        one, other = (each / (np.linalg.norm(each, axis=1, keepdims=True) + 1e-6) for each in (one, other))
    return one @ other.T


def _nested(rng: np.random.Generator, cluster: IntVector) -> FloatMatrix:
    """One level within a cluster, perhaps with a bonus of its own, a lower one within a super-cluster."""
    clusters = int(cluster.max()) + 1
    above = rng.integers(0, max(2, (clusters + 1) // 2), clusters)[cluster]
    bonus = np.exp(rng.choice([0.0, 0.5]) * rng.normal(size=clusters))[cluster]
    return (cluster[:, None] == cluster) * bonus + rng.uniform(0.0, 1.0) * (above[:, None] == above)
