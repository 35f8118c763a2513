"""One metric of all splits as numbers, and which metric is the headline: what reading results needs."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

HEADLINE = "spearman"


class Measured(NamedTuple):
    """One metric of all splits.

    Attributes:
        values: [S, N] float64, a value per split and target, NaN where a target does not count; [S, 1] for a
            metric pooled over targets; [R, N] for the ``column.`` metrics of R repeats.
        asked: how many of the values had any query.
    """

    values: npt.NDArray[np.float64]
    asked: int
