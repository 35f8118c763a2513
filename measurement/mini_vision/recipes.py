"""Recipes for the inputs and labels of each kind of mini-vision task."""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from measurement.mini_vision.draw import PatchCorner, cut, draw, generator, patches, pool
from measurement.mini_vision.photographs import FloatArray, band, photograph, windows
from measurement.mini_vision.scene import scene_places
from measurement.task import Part

Labels = npt.NDArray[np.float64] | npt.NDArray[np.int64]
# Maps a part and a seed to patches [n, 3, 32, 32] in [0, 1] and labels [n, ...].
Recipe = Callable[[Part, int], tuple[FloatArray, Labels]]
MapMaker = Callable[[FloatArray], FloatArray]
Spoiler = Callable[[FloatArray, np.random.Generator], FloatArray]
Puzzle = Callable[[FloatArray, np.random.Generator], tuple[FloatArray, Labels]]

HALF = 2  # maps have half the patches' resolution


def restored(spoil: Spoiler) -> Recipe:
    """Predict the original patch from a corrupted one."""

    def make(part: Part, seed: int) -> tuple[FloatArray, Labels]:
        images = patches(draw(windows(part), part, seed=seed))
        return spoil(images, generator(spoil.__name__, part, seed=seed)), pool(images, HALF)

    return make


def mapped(maker: MapMaker, *, square: int = HALF) -> Recipe:
    """Predict a map that is computed on the whole photograph and average-pooled."""

    def make(part: Part, seed: int) -> tuple[FloatArray, Labels]:
        places = draw(windows(part), part, seed=seed)
        labels = cut(lambda name: _map(maker, name), places)
        return patches(places), pool(labels, square)

    return make


def numbers(maker: MapMaker, *, square: int) -> Recipe:
    """Predict the square roots of a map's averages over large squares, as one vector."""

    def make(part: Part, seed: int) -> tuple[FloatArray, Labels]:
        images, labels = mapped(maker, square=square)(part, seed)
        return images, np.sqrt(labels.reshape(len(labels), -1))

    return make


def measured(field: Callable[[], FloatArray]) -> Recipe:
    """Predict a map of the measured scene with the motorcycle."""

    def make(part: Part, seed: int) -> tuple[FloatArray, Labels]:
        places = scene_places(part, seed=seed)
        return patches(places), pool(cut(lambda _: field(), places), HALF)

    return make


def puzzled(puzzle: Puzzle) -> Recipe:
    """Predict the parameter of a transformation of the patch."""

    def make(part: Part, seed: int) -> tuple[FloatArray, Labels]:
        images = patches(draw(windows(part), part, seed=seed))
        return puzzle(images, generator(puzzle.__name__, part, seed=seed))

    return make


def recognised(names: tuple[str, ...], *, spoil: Spoiler) -> Recipe:
    """Predict which photograph the patch is from."""

    def make(part: Part, seed: int) -> tuple[FloatArray, Labels]:
        places: list[PatchCorner] = draw([band(name, part) for name in names], part, seed=seed)
        labels = np.array([names.index(place[0]) for place in places])
        return spoil(patches(places), generator(spoil.__name__, part, seed=seed)), labels

    return make


@cache
def _map(maker: MapMaker, name: str) -> FloatArray:
    return maker(photograph(name))
