"""The values of a metric on all splits, and the name of the headline metric; imports no torch."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

HEADLINE = "spearman"


class Measured(NamedTuple):
    """One metric on all splits.

    Attributes:
        values: [S, N] float64, one value per split and target, NaN where a target is not scored; [S, 1] for a
            metric pooled over targets; [R, N] for the ``column.`` metrics of R repeats.
        asked: number of values with at least one query.
    """

    values: npt.NDArray[np.float64]
    asked: int
