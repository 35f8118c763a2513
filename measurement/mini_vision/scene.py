"""Labels from the measured disparity of the motorcycle's stereo pair (Middlebury 2014)."""

from functools import cache

import numpy as np

from measurement.mini_vision.draw import COUNTS, PatchCorner, cut, draw
from measurement.mini_vision.photographs import FloatArray, band, disparity
from measurement.task import Part

MIN_KNOWN = 0.95  # share of a patch's pixels
STEEPNESS = 8.0  # a disparity slope of 1/8 per pixel gives a normal at 45 degrees


def scene_places(part: Part, *, seed: int) -> list[PatchCorner]:
    """Corners of patches, in one band of the photograph, in which nearly all disparities are known."""
    known = np.isfinite(disparity()).astype(np.float64)[..., None]
    found: list[PatchCorner] = []
    attempt = 0
    while len(found) < COUNTS[part]:
        places = draw([band("motorcycle", part)], part, seed=seed + 1_000_003 * attempt)
        share = cut(lambda _: known, places).mean((1, 2, 3))
        found += [place for place, s in zip(places, share, strict=True) if s >= MIN_KNOWN]
        attempt += 1
    return found[: COUNTS[part]]


@cache
def depth() -> FloatArray:
    """Nearness: the logarithm of the disparity, [height, width, 1]."""
    return np.log(_filled())[..., None]


@cache
def normals() -> FloatArray:
    """Unit normals of the surface over the image plane, smoothed by three pixels: [height, width, 3]."""
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(_filled(), sigma=3.0)
    down, right = np.gradient(smooth)
    normal = np.stack([-STEEPNESS * right, -STEEPNESS * down, np.ones_like(smooth)], axis=-1)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True))


def _filled() -> FloatArray:
    """Disparity, with unknown values replaced by the nearest known one."""
    from scipy import ndimage

    values = disparity()
    nearest = ndimage.distance_transform_edt(np.isnan(values), return_distances=False, return_indices=True)
    return np.asarray(values[tuple(nearest)])
