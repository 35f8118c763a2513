"""Types of the arrays that examples are made of."""

from typing import Any

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

Arrays = dict[str, npt.NDArray[Any]]  # by name; the first dimension of each is over examples
