"""What the tasks of a synthetic world are: places in a latent space, as a source and as a target."""

from typing import NamedTuple

import numpy as np

from datamodules.matrix_types import FloatMatrix
from lit_models.prior.labels import IntVector, draw_clusters

MOST_DIMENSIONS = 8


class Tasks(NamedTuple):
    """Latent tasks; d dimensions.

    Attributes:
        place: [N, d] float64, where a task lies.
        source: [N, d] float64, its role as a source.
        target: [N, d] float64, its role as a target.
        cluster: [N] int64, the cluster of its place.
        source_cluster: [N] int64, the cluster of its role as a source; often that of its place.
        target_cluster: [N] int64, likewise as a target.
    """

    place: FloatMatrix
    source: FloatMatrix
    target: FloatMatrix
    cluster: IntVector
    source_cluster: IntVector
    target_cluster: IntVector


def draw_tasks(rng: np.random.Generator, count: int, *, homophilous: bool) -> Tasks:
    """Draw tasks, whose two roles correlate between 0 and 1.

    Args:
        rng: draws them.
        count: N.
        homophilous: draw tight clusters and roles that agree: the tasks of a world in which likeness matters.

    Returns:
        The tasks.
    """
    dimensions = min(1 + rng.poisson(2.5), MOST_DIMENSIONS)
    cluster = draw_clusters(rng, count)
    place = draw_places(rng, cluster, dimensions, tight=homophilous)
    agreement = 1.0 if rng.random() < 0.3 else rng.beta(3.0, 1.0) if homophilous else rng.beta(1.0, 0.8)

    def role() -> tuple[FloatMatrix, IntVector]:
        own_cluster = cluster if rng.random() < (0.85 if homophilous else 0.6) else draw_clusters(rng, count)
        own = draw_places(rng, own_cluster, dimensions, tight=False)
        return agreement * place + np.sqrt(1.0 - agreement**2) * own, own_cluster

    (source, source_cluster), (target, target_cluster) = role(), role()
    return Tasks(place, source, target, cluster, source_cluster, target_cluster)


def draw_places(rng: np.random.Generator, cluster: IntVector, dimensions: int, *, tight: bool) -> FloatMatrix:
    """Places around the centres of clusters, which may lie in super-clusters; some are near duplicates.

    Args:
        rng: draws them.
        cluster: [N] int64.
        dimensions: d.
        tight: let most of the variance lie between clusters.

    Returns:
        [N, d] float64, of about unit variance in the first dimension; the others may fade.
    """
    tasks, clusters = len(cluster), int(cluster.max()) + 1
    centre = rng.normal(size=(clusters, dimensions))
    if clusters > 3 and rng.random() < 0.4:
        above = rng.integers(0, max(2, clusters // 3), clusters)
        centre = _blend(rng.normal(size=(clusters, dimensions))[above], centre, rng.beta(1.5, 1.5))
    own = rng.normal(size=(tasks, dimensions))
    if rng.random() < 0.25:  # outlying tasks
        own /= np.sqrt(rng.standard_gamma(2.0, size=(tasks, 1)) / 2.0)
    between = rng.beta(4.0, 0.9) if tight else rng.beta(1.2, 1.0)
    place = _blend(centre[cluster], own, between)
    if rng.random() < 0.3:
        pairs = rng.integers(0, tasks, size=(rng.integers(1, max(2, tasks // 4) + 1), 2))
        for original, copy in pairs:
            place[copy] = place[original] + rng.uniform(0.0, 0.4) * rng.normal(size=dimensions)
    place = _shape(rng, place)
    return place * np.exp(-np.arange(dimensions) * (rng.uniform(0.0, 0.9) if rng.random() < 0.5 else 0.0))


def _blend(one: FloatMatrix, other: FloatMatrix, share: float) -> FloatMatrix:
    """A sum of two of unit variance, of unit variance."""
    return np.sqrt(share) * one + np.sqrt(1.0 - share) * other


def _shape(rng: np.random.Generator, place: FloatMatrix) -> FloatMatrix:
    """Mostly as they are; else positive, cut, bounded, or absent here and there, as skills are."""
    draw = rng.random()
    if draw < 0.1:
        return np.abs(place)
    if draw < 0.2:
        return np.maximum(place, 0.0)
    if draw < 0.3:
        return np.tanh(2.0 * place)
    if draw < 0.36:
        return place * (rng.random(place.shape) < 0.5)
    return place
