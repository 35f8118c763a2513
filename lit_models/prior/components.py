"""What makes one task help another: the parts that a world's affinities are a sum of.

Every part is a function of (rng, tasks) that returns [N, N] float64, source × target, on a scale of its own.
"""

from collections.abc import Callable

import numpy as np

from datamodules.matrix_types import FloatMatrix
from lit_models.prior.labels import IntVector, corrupted
from lit_models.prior.scaling import squared_distances, unit
from lit_models.prior.tasks import Tasks

Component = Callable[[np.random.Generator, Tasks], FloatMatrix]

ACTIVATIONS: tuple[Callable[[FloatMatrix], FloatMatrix], ...] = (
    np.tanh,
    np.sin,
    np.abs,
    lambda x: np.maximum(x, 0.0),
    lambda x: np.exp(-np.square(x)),
)


def additive(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """A source is good for all targets, which may care more or less."""
    count, dimensions = tasks.source.shape
    draw = rng.random()
    quality = tasks.source @ rng.normal(size=dimensions)
    if draw > 0.6:  # unrelated to the roles
        quality = rng.normal(size=(count,)) if draw < 0.85 else rng.standard_t(2.5, size=(count,))
    if rng.random() < 0.3:
        quality = _activation(rng)(rng.uniform(0.5, 2.0) * quality)
    draw = rng.random()
    care = np.ones(count)
    if draw > 0.5:
        care = rng.gamma(2.0, 0.5, size=(count,))
    if draw > 0.85:  # some targets are harmed by what is good for others
        care = 1.0 + rng.uniform(0.3, 1.2) * rng.normal(size=(count,))
    return np.outer(quality, care)


def low_rank(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """An inner product of the two roles, perhaps mixed, or of factors that have nothing to do with them."""
    count, dimensions = tasks.source.shape
    rank = int(rng.integers(1, MOST_FACTORS + 1))
    fading = np.exp(-np.arange(rank) * rng.uniform(0.0, 1.0))
    draw = rng.random()
    if draw < 0.35:
        weight = fading[:dimensions] if rank >= dimensions else np.pad(fading, (0, dimensions - rank))
        return (tasks.source * weight) @ tasks.target.T
    if draw < 0.7:
        mixing = rng.normal(size=(dimensions, rank)) * fading @ rng.normal(size=(rank, dimensions))
        return tasks.source @ mixing @ tasks.target.T
    return rng.normal(size=(count, rank)) * fading @ rng.normal(size=(rank, count))


MOST_FACTORS = 7


def gravity(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """Near tasks help each other, and heavy sources help from afar (Salha et al., CIKM 2019)."""
    near = closeness(rng, squared_distances(tasks.source, tasks.target))
    if rng.random() < 0.5:
        return near
    return unit(near) + rng.uniform(0.2, 1.5) * rng.normal(size=len(near))[:, None]


def closeness(rng: np.random.Generator, squares: FloatMatrix) -> FloatMatrix:
    """A decreasing function of the distance: a power, a logarithm, or a kernel of some width."""
    draw = rng.random()
    if draw < 0.25:
        return -np.power(squares, rng.uniform(0.2, 1.0))
    if draw < 0.45:
        return -np.log(squares + np.exp(rng.uniform(-4.0, 0.0)))
    width = np.exp(rng.uniform(-2.0, 1.0))
    return np.exp(-(squares if draw < 0.75 else np.sqrt(squares)) / width)


def gaussian_process(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """A matrix-normal draw whose covariances are kernels of the roles."""
    count = len(tasks.place)
    of_source = _root(_kernel(rng, tasks.source, tasks.source_cluster))
    of_target = _root(_kernel(rng, tasks.target, tasks.target_cluster))
    draw = of_source @ rng.normal(size=(count, count)) @ of_target.T
    if rng.random() < 0.3:
        symmetric = rng.random()
        draw = symmetric * (draw + draw.T) / 2.0 + (1.0 - symmetric) * draw
    return draw


def blocks(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """One level for every pair of clusters."""
    of_source = corrupted(rng, tasks.source_cluster, untouched=0.6)
    of_target = corrupted(rng, tasks.target_cluster, untouched=0.6)
    clusters = int(max(of_source.max(), of_target.max())) + 1
    level = rng.normal(size=(clusters, clusters)) + rng.choice([0.0, 1.0, 2.0]) * np.eye(clusters)
    if rng.random() < 0.3:
        level = (level + level.T) / 2.0
    return level[of_source][:, of_target]


def capability(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """Sources have skills and targets need some: a weighted sum, or what the gaps between them cost."""
    dimensions = tasks.source.shape[1]
    skills = int(rng.integers(2, 9))
    has = unit(tasks.source @ rng.normal(size=(dimensions, skills)))
    needs = unit(tasks.target @ rng.normal(size=(dimensions, skills)))
    draw = rng.random()
    if draw < 0.5:
        weight = np.exp(rng.uniform(0.5, 2.0) * needs)
        return has @ (weight / weight.sum(1, keepdims=True)).T
    surplus = has[:, None] - needs
    if draw < 0.75:
        return np.minimum(surplus, 0.0).sum(-1)
    sharpness = np.exp(rng.uniform(-0.5, 1.5))
    return -np.log(np.exp(np.clip(-sharpness * surplus, -30.0, 30.0)).mean(-1))


def network(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """A small random network of the two roles, their product and their difference."""
    source, target = np.broadcast_arrays(tasks.source[:, None], tasks.target)
    pair = np.stack([source, target, source * target, np.abs(source - target)], -2)
    pair = (pair - pair.mean((0, 1))) / (pair.std((0, 1)) + 1e-6)
    relevance = rng.gamma(0.7, 1.0, size=(4, 1)) + 0.05
    flat = (pair * relevance).reshape(*source.shape[:2], -1)
    hidden = int(rng.integers(4, 17))
    weight = rng.normal(size=(flat.shape[-1], hidden)) * rng.uniform(0.7, 3.0) / np.sqrt(flat.shape[-1])
    state = _activation(rng)(flat @ weight + rng.normal(size=hidden))
    if rng.random() < 0.4:
        state = _activation(rng)(state @ rng.normal(size=(hidden, hidden)) * 1.5 / np.sqrt(hidden))
    return state @ rng.normal(size=hidden)


def mutual(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """What two tasks have in common beyond anything else that is known of them: symmetric noise."""
    noise = rng.normal(size=(len(tasks.place),) * 2)
    return noise + noise.T


# Each with how often it is drawn, relative to the others.
COMPONENTS: dict[Component, float] = {
    additive: 1.2,
    low_rank: 1.0,
    gravity: 1.1,
    gaussian_process: 1.3,
    blocks: 0.5,
    network: 0.9,
    capability: 0.7,
    mutual: 0.2,
}


def _activation(rng: np.random.Generator) -> Callable[[FloatMatrix], FloatMatrix]:
    return ACTIVATIONS[rng.integers(len(ACTIVATIONS))]


def _kernel(rng: np.random.Generator, role: FloatMatrix, cluster: IntVector) -> FloatMatrix:
    """A covariance of tasks, mixed with the identity and with a constant."""
    draw = rng.random()
    if draw < 0.2:
        kernel = role @ role.T
        kernel /= max(np.diag(kernel).mean(), 1e-6)
    elif draw < 0.35:
        kernel = (cluster[:, None] == cluster).astype(np.float64)
    else:
        squares = squared_distances(role, role)
        kernel = np.exp(-(squares if draw < 0.75 else np.sqrt(squares)) / np.exp(rng.uniform(-1.2, 1.2)))
    own = rng.beta(1.0, 4.0) if rng.random() < 0.7 else 0.0
    common = rng.beta(1.0, 2.0) if rng.random() < 0.5 else 0.0
    return (1.0 - common) * ((1.0 - own) * kernel + own * np.eye(len(role))) + common


def _root(covariance: FloatMatrix) -> FloatMatrix:
    """A square root, of a matrix that may be singular."""
    value, vector = np.linalg.eigh(covariance)
    return vector * np.sqrt(np.maximum(value, 0.0))
