"""Ways to spoil or rearrange patches, [n, 3, 32, 32] in [0, 1]; a task undoes or recognises them."""

from itertools import permutations

import numpy as np

from datamodules.measure.mini_vision.draw import pool
from datamodules.measure.mini_vision.photographs import SIDE, FloatArray

LUMINANCE = np.array([0.2125, 0.7154, 0.0721])  # scikit-image's rgb2gray
HOLE = 12
ORDERS = list(permutations(range(4)))


def keep(images: FloatArray, _: np.random.Generator) -> FloatArray:
    """The patches as they are."""
    return images


def add_noise(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Gaussian noise of a fifth of the range."""
    return np.clip(images + rng.normal(scale=0.2, size=images.shape), 0.0, 1.0)


def cut_hole(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A grey square of 12 pixels a side somewhere."""
    holed = images.copy()
    for image, (top, left) in zip(holed, rng.integers(SIDE - HOLE + 1, size=(len(images), 2)), strict=True):
        image[:, top : top + HOLE, left : left + HOLE] = 0.5
    return holed


def remove_colour(images: FloatArray, _: np.random.Generator) -> FloatArray:
    """Luminance in all channels."""
    grey = np.einsum("c,nchw->nhw", LUMINANCE, images)
    return np.repeat(grey[:, None], 3, axis=1)


def lower_resolution(images: FloatArray, _: np.random.Generator) -> FloatArray:
    """Averages over squares of 4 × 4 pixels, at the old size."""
    return np.asarray(pool(images, 4).repeat(4, axis=2).repeat(4, axis=3))


def even_out(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Luminance with every patch's mean and contrast made the same: texture is all that is left."""
    grey = remove_colour(images, rng)
    mean, deviation = grey.mean((1, 2, 3), keepdims=True), grey.std((1, 2, 3), keepdims=True)
    return np.asarray(np.clip(0.5 + 0.2 * (grey - mean) / (deviation + 1e-3), 0.0, 1.0))


def turn(images: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, np.ndarray]:
    """Quarter turns, and how many: [n] in 0 to 3."""
    turns = rng.integers(4, size=len(images))
    turned = [np.rot90(image, k, axes=(1, 2)) for image, k in zip(images, turns, strict=True)]
    return np.stack(turned), turns


def shuffle_tiles(images: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, np.ndarray]:
    """The four quarters in another order, and which: [n] in 0 to 23."""
    order = rng.integers(len(ORDERS), size=len(images))
    n, half = len(images), SIDE // 2
    tiles = images.reshape(n, 3, 2, half, 2, half).transpose(0, 2, 4, 1, 3, 5).reshape(n, 4, 3, half, half)
    mixed = tiles[np.arange(n)[:, None], np.array(ORDERS)[order]]
    back = mixed.reshape(n, 2, 2, 3, half, half).transpose(0, 3, 1, 4, 2, 5)
    return back.reshape(images.shape), order


def blur(images: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Gaussian blur of 0 to 3 pixels, and how many: [n, 1]."""
    from scipy import ndimage

    sigmas = rng.uniform(0.0, 3.0, size=len(images))
    blurred = [ndimage.gaussian_filter(image, (0, s, s)) for image, s in zip(images, sigmas, strict=True)]
    return np.stack(blurred), sigmas[:, None]
