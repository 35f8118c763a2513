"""Drawing patches from photographs, and turning them into tensors."""

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
    """A random generator for the purpose that the words name."""
    return np.random.default_rng([seed, zlib.crc32(repr(words).encode())])


def draw(choice: list[Window], part: Part, *, seed: int) -> list[PatchCorner]:
    """Draw the corners of a part's patches: a window uniformly, then a corner uniformly within it.

    Args:
        choice: windows to draw from; tasks with the same windows get the same patches.
        part: determines the number of patches.
        seed: seed of the draws.

    Returns:
        One corner per patch.
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
    """Patches of the photographs at the given corners: [n, 3, 32, 32] in [0, 1]."""
    return cut(photograph, places)


def cut(field: Callable[[str], FloatArray], places: list[PatchCorner]) -> FloatArray:
    """Patches of a field that is defined on whole photographs.

    Args:
        field: maps a photograph's name to [height, width, channels].
        places: corners of the patches.

    Returns:
        [n, channels, 32, 32].
    """
    found = [field(name)[top : top + SIDE, left : left + SIDE] for name, top, left in places]
    return np.moveaxis(np.stack(found), -1, 1)


def pool(images: FloatArray, square: int) -> FloatArray:
    """Average pooling: [n, c, h, w] to [n, c, h / square, w / square]."""
    n, c, h, w = images.shape
    return np.asarray(images.reshape(n, c, h // square, square, w // square, square).mean((3, 5)))


def as_input(images: FloatArray) -> Tensor:
    """Normalise pixels from [0, 1] to [−2, 2], as a float32 tensor."""
    return torch.tensor((images - 0.5) / 0.25, dtype=torch.float32)
