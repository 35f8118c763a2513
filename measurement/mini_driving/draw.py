"""Drawing a repetition's examples from the pool."""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from measurement.mini_driving.arrays import IntArray
from measurement.task import Part

COUNTS: dict[Part, int] = {"train": 2560, "transfer": 512, "test": 640}


def generator(*words: object, seed: int) -> np.random.Generator:
    """A random generator for the purpose that the words name."""
    return np.random.default_rng([seed, zlib.crc32(repr(words).encode())])


def draw(labels: npt.NDArray[Any], part: Part, *, seed: int, balanced: bool) -> IntArray:
    """Draw examples that have a label.

    Args:
        labels: [n, ...] of the whole pool; examples whose label is NaN or, as a class, negative have none.
        part: decides how many are drawn, fewer if the pool has no more.
        seed: seed of the draws; tasks whose labels all exist get the same examples.
        balanced: draw every class [n] equally often.

    Returns:
        Rows of the pool.
    """
    order = generator("rows", part, seed=seed).permutation(len(labels))
    if not balanced:
        known = np.isfinite(labels.reshape(len(labels), -1)).all(1)
        return np.asarray(order[known[order]][: COUNTS[part]])
    classes = [kind for kind in np.unique(labels) if kind >= 0]
    rarest = min(np.count_nonzero(labels == kind) for kind in classes)
    share = min(COUNTS[part] // len(classes), rarest)
    rows = [order[labels[order] == kind][:share] for kind in classes]
    return generator("mixed", part, seed=seed).permutation(np.concatenate(rows))
