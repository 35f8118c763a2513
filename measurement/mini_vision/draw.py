"""From places in photographs to patches, labels and tensors."""

import zlib
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from measurement.mini_vision.photographs import SIDE, FloatArray, Window, photograph
from measurement.task import Part

PatchCorner = tuple[str, int, int]  # photograph, top row, left column

COUNTS: dict[Part, int] = {"train": 4096, "transfer": 512, "test": 768}


def generator(*words: object, seed: int) -> np.random.Generator:
    """A generator for one purpose, which the words name."""
    return np.random.default_rng([seed, zlib.crc32(repr(words).encode())])


def draw(choice: list[Window], part: Part, *, seed: int) -> list[PatchCorner]:
    """Places of a part's patches: a window, then a corner within it, each uniformly.

    Args:
        choice: the windows; tasks with the same ones get the same places.
        part: says how many patches.
        seed: of the draws.

    Returns:
        The places.
    """
    rng = generator("places", choice, part, seed=seed)
    places = []
    for index in rng.integers(len(choice), size=COUNTS[part]):
        window = choice[index]
        top = int(rng.integers(photograph(window.photograph).shape[0] - SIDE + 1))
        left = int(rng.integers(window.left, window.right - SIDE + 1))
        places.append((window.photograph, top, left))
    return places


def patches(places: list[PatchCorner]) -> FloatArray:
    """The photographs at the places: [n, 3, 32, 32] in [0, 1]."""
    return cut(photograph, places)


def cut(field: Callable[[str], FloatArray], places: list[PatchCorner]) -> FloatArray:
    """Patches of something that every photograph has.

    Args:
        field: from a photograph's name to [height, width, channels].
        places: where.

    Returns:
        [n, channels, 32, 32].
    """
    found = [field(name)[top : top + SIDE, left : left + SIDE] for name, top, left in places]
    return np.moveaxis(np.stack(found), -1, 1)


def pool(images: FloatArray, square: int) -> FloatArray:
    """Average over squares of pixels: [n, c, h, w] to [n, c, h / square, w / square]."""
    n, c, h, w = images.shape
    return np.asarray(images.reshape(n, c, h // square, square, w // square, square).mean((3, 5)))


def as_input(images: FloatArray) -> Tensor:
    """Pixels in [0, 1] as a network likes them, float32."""
    return torch.tensor((images - 0.5) / 0.25, dtype=torch.float32)
