"""The photographs, the part of the data that each belongs to, and windows to take patches from.

Only files inside installed packages are read; nothing is downloaded.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError
from measurement.task import Part

FloatArray = npt.NDArray[np.float64]

SIDE = 32  # side of a patch in pixels

# No photograph is in two parts.
WHOLE: dict[Part, tuple[str, ...]] = {
    "train": ("astronaut", "china", "camera"),
    "transfer": ("coffee", "rocket", "coins"),
    "test": ("chelsea", "flower", "clock_motion"),
}
# Tasks whose labels exist for one photograph only, such as its disparity or its name, use three bands of it.
BANDED = ("motorcycle", "brick", "grass", "gravel", "retina", "ihc", "hubble", "moon", "cell")
BANDS: dict[Part, tuple[float, float]] = {"train": (0.0, 0.5), "transfer": (0.5, 0.72), "test": (0.72, 1.0)}
GAP = SIDE  # pixels between two bands; no patch reaches into it

FILES = {
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "retina": ("skimage", "data/retina.jpg"),
    "hubble": ("skimage", "data/hubble_deep_field.jpg"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
}
DISPARITY = ("skimage", "data/motorcycle_disp.npz")


@dataclass(frozen=True)
class Window:
    """The columns of one photograph that patches are taken from.

    Attributes:
        photograph: name of the photograph.
        left: first column.
        right: end column, exclusive.
    """

    photograph: str
    left: int
    right: int


@cache
def photograph(name: str) -> FloatArray:
    """Read a photograph.

    Args:
        name: one of ``WHOLE`` or ``BANDED``.

    Returns:
        [height, width, 3] in [0, 1]; greyscale photographs have three equal channels.

    Raises:
        UserError: if scikit-image is not installed.
    """
    path = _path(*FILES.get(name, ("skimage", f"data/{name}.png")))
    from skimage import color, io, util

    image = util.img_as_float64(io.imread(path))
    if name == "retina":  # 1411 × 1411 pixels: halved, so that a patch shows more than one colour
        image = image[:1410, :1410].reshape(705, 2, 705, 2, 3).mean((1, 3))
    return np.asarray(color.gray2rgb(image) if image.ndim == 2 else image)


@cache
def disparity() -> FloatArray:
    """Measured disparity of the motorcycle's stereo pair, [height, width] pixels; NaN where unknown."""
    with np.load(_path(*DISPARITY)) as file:
        values = np.asarray(file["arr_0"], dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def windows(part: Part) -> list[Window]:
    """The whole photographs of one part.

    Args:
        part: ``train``, ``transfer`` or ``test``.

    Returns:
        One window per photograph.
    """
    return [Window(name, 0, photograph(name).shape[1]) for name in WHOLE[part]]


def band(name: str, part: Part) -> Window:
    """One of the three bands of a photograph; ``GAP`` pixels lie between two bands.

    Args:
        name: one of ``BANDED``.
        part: part of the data that the band belongs to.

    Returns:
        The window.
    """
    width = photograph(name).shape[1]
    start, end = (round(share * width) for share in BANDS[part])
    return Window(name, start + (GAP // 2 if start else 0), end - (GAP // 2 if end < width else 0))


def _path(package: str, file: str) -> Path:
    if find_spec("skimage") is None:  # needed for labels and for reading files of either package
        raise UserError(
            "mini-vision's photographs and labels come from scikit-image, which is not installed: "
            "pip install 'affinity-bench[measure]'"
        )
    return Path(str(files(package))) / file
