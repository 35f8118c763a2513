"""What is known of tasks before any transfer was measured, more or less faithfully."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import FloatMatrix
from lit_models.prior.labels import IntVector, corrupted, cut, draw_clusters, same
from lit_models.prior.scaling import column_scores, squared_distances
from lit_models.prior.tasks import Tasks

CHANNELS = 8


def draw_channels(
    rng: np.random.Generator,
    tasks: Tasks,
    value: FloatMatrix,
    *,
    kind: IntVector | None,
    homophilous: bool,
    most: int = CHANNELS,
) -> npt.NDArray[np.float64]:
    """Pair channels: matrices that say something of every ordered pair of tasks.

    Args:
        rng: draws which there are and how far each can be trusted.
        tasks: the tasks.
        value: [N, N] float64, the affinities, which estimates of transferability know something of.
        kind: [N] int64, the output kind if the world's affinities depend on it.
        homophilous: let published groups be closer to the true clusters.
        most: P, at least 8.

    Returns:
        [P, N, N] float64 in random order: same group, same output kind, cosine of embeddings, two numbers of
        the source, a distance and two estimates of the affinity; more numbers, distances and estimates where
        P is more than 8; 0 where there is none.
    """
    channels = np.zeros((most, *value.shape))
    if rng.random() < 0.1:
        return channels
    if rng.random() < 0.75:
        channels[0] = same(_published_groups(rng, tasks, faithful=0.7 if homophilous else 0.1))
    if rng.random() < 0.6:
        channels[1] = same(_published_kinds(rng, tasks, kind))
    if rng.random() < 0.4:
        channels[2] = _cosines(rng, tasks)
    for channel in (3, 4):
        if rng.random() < 0.15:
            channels[channel] = _number(rng, tasks)[:, None]
    if rng.random() < 0.25:
        channels[5] = _distances(rng, tasks)
    for channel in (6, 7):
        if rng.random() < 0.2:
            channels[channel] = _estimate(rng, value)
    often = rng.random()
    for channel in range(CHANNELS, most):
        if rng.random() < often:
            channels[channel] = _one_more(rng, tasks, value)
    return channels[rng.permutation(most)]


def _one_more(rng: np.random.Generator, tasks: Tasks, value: FloatMatrix) -> FloatMatrix:
    draw = rng.random()
    if draw < 0.25:
        return np.broadcast_to(_number(rng, tasks)[:, None], value.shape)
    return _distances(rng, tasks) if draw < 0.65 else _estimate(rng, value)


def _published_groups(rng: np.random.Generator, tasks: Tasks, *, faithful: float) -> IntVector:
    draw = rng.random()
    if draw < 0.05:
        return draw_clusters(rng, len(tasks.cluster))
    if draw < 0.85:
        return corrupted(rng, tasks.cluster, untouched=faithful)
    return corrupted(rng, tasks.source_cluster if draw < 0.92 else tasks.target_cluster, untouched=0.3)


def _published_kinds(rng: np.random.Generator, tasks: Tasks, kind: IntVector | None) -> IntVector:
    draw = rng.random()
    if kind is not None and draw < 0.9:
        return corrupted(rng, kind, untouched=0.7)
    if draw < 0.7:
        return cut(rng, _projection(rng, tasks), pieces=int(rng.integers(2, 6)))
    return (
        corrupted(rng, tasks.cluster, untouched=0.0) if draw < 0.9 else draw_clusters(rng, len(tasks.cluster))
    )


def _projection(rng: np.random.Generator, tasks: Tasks) -> npt.NDArray[np.float64]:
    """One number of each task, with noise: [N] float64."""
    role = (tasks.place, tasks.source, tasks.target)[rng.integers(3)]
    number = role @ rng.normal(size=role.shape[1])
    return number + rng.uniform(0.0, 1.0) * rng.normal(size=len(number))


def _number(rng: np.random.Generator, tasks: Tasks) -> npt.NDArray[np.float64]:
    """A numeric column of the tasks, such as the size of their data; skewed in half of all worlds."""
    number = _projection(rng, tasks) if rng.random() < 0.7 else rng.normal(size=len(tasks.place))
    return np.exp(rng.uniform(0.2, 1.0) * number) if rng.random() < 0.5 else number


def _embedding(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    """Task embeddings: places or roles, with noise."""
    seen = tasks.place if rng.random() < 0.7 else np.concatenate([tasks.source, tasks.target], 1)
    if rng.random() < 0.5:
        seen = column_scores(seen)
    return seen + np.exp(rng.uniform(-2.0, 1.0)) * seen.std() * rng.normal(size=seen.shape)


def _cosines(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    embedding = _embedding(rng, tasks)
    direction = embedding / (np.linalg.norm(embedding, axis=1, keepdims=True) + 1e-6)
    return direction @ direction.T


def _distances(rng: np.random.Generator, tasks: Tasks) -> FloatMatrix:
    embedding = _embedding(rng, tasks)
    return np.power(squared_distances(embedding, embedding), rng.uniform(0.25, 1.0))


def _estimate(rng: np.random.Generator, value: FloatMatrix) -> FloatMatrix:
    """An estimate of the affinity, such as LEEP or another model's matrix; now and then of the reverse."""
    seen = value.T if rng.random() < 0.1 else value
    noise = np.exp(rng.uniform(-1.5, 2.0)) * rng.normal(size=value.shape)
    return rng.choice([1.0, 1.0, 1.0, -1.0]) * column_scores(seen) + noise
