"""Batches of synthetic episodes: what a model sees of some worlds, and what it should have said."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.standardise import z_scores
from lit_models.prior.missing import draw_eligible, draw_hidden
from lit_models.prior.parts import EVERY_PART, Part
from lit_models.prior.side_information import CHANNELS
from lit_models.prior.worlds import draw_world

LEAST_RANKED = 3  # hidden entries of a target whose ranks are worth learning
LEAST_ASKED = 6  # hidden entries of a world
KNOWN_WELL = 0.2  # of all batches: up to so many pair channels
MANY_CHANNELS = 16

_Episode = tuple[npt.NDArray[Any], ...]  # one world's part of each tensor


class SyntheticBatch(NamedTuple):
    """B worlds of N tasks each.

    Attributes:
        graph: [B, ...], what a model sees; without task embeddings and groups, which are among the channels.
        channels: [B, P, N, N] float32, raw pair channels; a constant one says nothing.
        truth: [B, N, N] float32, z-scores of the hidden transfers; 0 elsewhere.
        asked: [B, N, N] bool, hidden transfers whose z-score has a meaning.
        rank: [B, N, N] float32, rank of a hidden transfer among those of its target, ties averaged,
            standardised: mean 0, and variance 1 without ties.
        ranked: [B, N, N] bool, where there are at least three to be ranked, not all equal.
    """

    graph: TaskGraph
    channels: Tensor
    truth: Tensor
    asked: Tensor
    rank: Tensor
    ranked: Tensor


def draw_batch(
    *, seed: int, index: int, tasks: int, worlds: int, parts: frozenset[Part] = EVERY_PART
) -> SyntheticBatch:
    """Draw a batch, the same for one seed, index and size whatever was drawn before.

    Args:
        seed: of the sequence of batches.
        index: of the batch.
        tasks: N.
        worlds: B.
        parts: of the prior.

    Returns:
        The batch.
    """
    rng = np.random.default_rng([seed, index])
    most = MANY_CHANNELS if rng.random() < KNOWN_WELL else CHANNELS
    episodes: list[_Episode] = []
    while len(episodes) < worlds:
        episode = _draw_episode(rng, tasks, channels=most, parts=parts)
        if episode is not None:
            episodes.append(episode)
    affinity, observed, eligible, channels, truth, asked, rank, ranked = map(
        _tensor, map(np.stack, zip(*episodes, strict=True))
    )
    graph = TaskGraph(
        x=affinity.new_zeros(worlds, tasks, 0),
        group=torch.full((worlds, tasks), -1),
        affinity=affinity,
        observed=observed,
        eligible=eligible,
        query=eligible & ~observed,
        edge_attr=affinity.new_zeros(*affinity.shape, 0),
        key=torch.zeros(worlds, dtype=torch.int64),
    )
    return SyntheticBatch(graph, channels, truth, asked, rank, ranked)


def _tensor(stacked: npt.NDArray[Any]) -> Tensor:
    return torch.from_numpy(stacked if stacked.dtype == np.bool_ else stacked.astype(np.float32))


def _draw_episode(
    rng: np.random.Generator, tasks: int, *, channels: int, parts: frozenset[Part]
) -> _Episode | None:
    """One world with some of it hidden, standardised as the benchmark does; None if too little is hidden."""
    world = draw_world(rng, tasks, channels=channels, parts=parts)
    varied = "patterns" in parts
    eligible = draw_eligible(rng, tasks) if varied else ~np.eye(tasks, dtype=bool)
    hidden, new = draw_hidden(rng, eligible, world.value, varied=varied)
    observed = eligible & ~hidden
    count = observed.sum(0)
    if hidden.sum() < LEAST_ASKED or not count.any():
        return None
    scores = z_scores(world.value, observed)
    # Equal observed values have no scale, and one alone has none either.
    asked = hidden & ((count == 0) | (np.where(observed, scores, 0.0).any(0) & (count > 1)))
    # Of a new target the benchmark ranks known sources alone.
    ranked = hidden & ~(new[:, None] & new)
    rank = standardised_ranks(world.value, ranked)
    ranked &= rank.any(0)
    return (
        np.where(observed, scores, 0.0),
        observed,
        eligible,
        world.channels,
        np.where(asked, scores, 0.0),
        asked,
        np.where(ranked, rank, 0.0),
        ranked,
    )


def standardised_ranks(value: FloatMatrix, mask: BoolMatrix) -> FloatMatrix:
    """Average ranks within each column's masked entries, minus their mean, over the deviation of 1, ..., n.

    Args:
        value: [N, N] float64.
        mask: [N, N] bool.

    Returns:
        [N, N] float64; 0 outside the mask and in columns with fewer than three masked entries.

    >>> standardised_ranks(np.array([[1.0], [9.0], [4.0]]), np.ones((3, 1), bool)).round(3).ravel().tolist()
    [-1.225, 1.225, 0.0]
    """
    count = mask.sum(0)
    others = np.where(mask, value, np.inf)
    below = (others[None] < value[:, None]).sum(1)
    equal = (others[None] == value[:, None]).sum(1)
    rank = below + (equal - 1) / 2 - (count - 1) / 2
    deviation = np.sqrt(np.maximum(count**2 - 1, 1) / 12)
    return np.where(mask & (count >= LEAST_RANKED), rank / deviation, 0.0)
