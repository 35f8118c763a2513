"""The photographs: which there are, which part of the data each belongs to, and patches of them.

Only files that lie inside the wheels are read; nothing is downloaded.
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

SIDE = 32  # of a patch, in pixels

# Train, transfer and test photographs have nothing in common.
WHOLE: dict[Part, tuple[str, ...]] = {
    "train": ("astronaut", "china", "camera"),
    "transfer": ("coffee", "rocket", "coins"),
    "test": ("chelsea", "flower", "clock_motion"),
}
# Labels that exist in one photograph only, such as its disparity or its name, take three bands of it.
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
    """Where patches of one photograph may be taken from.

    Attributes:
        photograph: its name.
        left: first column.
        right: the column after the last.
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
        [height, width, 3] in [0, 1]; a grey one has three equal channels.

    Raises:
        UserError: if scikit-image is not installed.
    """
    path = _path(*FILES.get(name, ("skimage", f"data/{name}.png")))
    from skimage import color, io, util

    image = util.img_as_float64(io.imread(path))
    if name == "retina":  # 1411 pixels a side: halved, so that a patch shows more than one colour
        image = image[:1410, :1410].reshape(705, 2, 705, 2, 3).mean((1, 3))
    return np.asarray(color.gray2rgb(image) if image.ndim == 2 else image)


@cache
def disparity() -> FloatArray:
    """Measured disparity of the motorcycle's stereo pair, [height, width] pixels; NaN where unknown."""
    with np.load(_path(*DISPARITY)) as file:
        values = np.asarray(file["arr_0"], dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def windows(part: Part) -> list[Window]:
    """Whole photographs of one part.

    Args:
        part: which.

    Returns:
        One window a photograph.
    """
    return [Window(name, 0, photograph(name).shape[1]) for name in WHOLE[part]]


def band(name: str, part: Part) -> Window:
    """One of the three bands of a photograph, half a gap away from the next.

    Args:
        name: one of ``BANDED``.
        part: which band.

    Returns:
        The window.
    """
    width = photograph(name).shape[1]
    start, end = (round(share * width) for share in BANDS[part])
    return Window(name, start + (GAP // 2 if start else 0), end - (GAP // 2 if end < width else 0))


def _path(package: str, file: str) -> Path:
    if find_spec("skimage") is None:  # labels and the reading of files need it, whatever the package
        raise UserError(
            "mini-vision's photographs and labels come from scikit-image, which is not installed: "
            "pip install 'affinity-bench[measure]'"
        )
    return Path(str(files(package))) / file
