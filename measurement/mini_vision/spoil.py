"""Corruptions of patches [n, 3, 32, 32] in [0, 1], which a task undoes or recognises."""

import numpy as np

from measurement.mini_vision.draw import pool
from measurement.mini_vision.photographs import SIDE, FloatArray

LUMINANCE = np.array([0.2125, 0.7154, 0.0721])  # scikit-image's rgb2gray
HOLE = 12


def keep(images: FloatArray, _: np.random.Generator) -> FloatArray:
    """Return the patches unchanged."""
    return images


def add_noise(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Add Gaussian noise with a standard deviation of 0.2."""
    return np.clip(images + rng.normal(scale=0.2, size=images.shape), 0.0, 1.0)


def cut_hole(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Cover a random square of 12 × 12 pixels with grey."""
    holed = images.copy()
    for image, (top, left) in zip(holed, rng.integers(SIDE - HOLE + 1, size=(len(images), 2)), strict=True):
        image[:, top : top + HOLE, left : left + HOLE] = 0.5
    return holed


def remove_colour(images: FloatArray, _: np.random.Generator) -> FloatArray:
    """Replace all channels by the luminance."""
    grey = np.einsum("c,nchw->nhw", LUMINANCE, images)
    return np.repeat(grey[:, None], 3, axis=1)


def lower_resolution(images: FloatArray, _: np.random.Generator) -> FloatArray:
    """Average over squares of 4 × 4 pixels, at the original size."""
    return np.asarray(pool(images, 4).repeat(4, axis=2).repeat(4, axis=3))


def even_out(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Luminance with the same mean and contrast in every patch, so that only texture is left."""
    grey = remove_colour(images, rng)
    mean, deviation = grey.mean((1, 2, 3), keepdims=True), grey.std((1, 2, 3), keepdims=True)
    return np.asarray(np.clip(0.5 + 0.2 * (grey - mean) / (deviation + 1e-3), 0.0, 1.0))


def blur(images: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Blur each patch with a Gaussian of σ from 0 to 3 pixels; returns the patches and σ [n, 1]."""
    from scipy import ndimage

    sigmas = rng.uniform(0.0, 3.0, size=len(images))
    blurred = [ndimage.gaussian_filter(image, (0, s, s)) for image, s in zip(images, sigmas, strict=True)]
    return np.stack(blurred), sigmas[:, None]
