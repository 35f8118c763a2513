"""The first promise: cells drawn at random and measured calibrate the intervals of all others."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.intervals.interval import Intervals
from recovery.intervals.quantile import cells_needed, conformal_quantile

# A target is calibrated by its own drawn cells if it has so many times the number that a bounded interval
# takes: with that number alone, the bound is the largest of them.
OWN_CELLS = 2


def split_conformal(
    mean: FloatMatrix, scale: FloatMatrix, value: FloatMatrix, drawn: BoolMatrix, *, level: float
) -> Intervals:
    """Intervals that cover a random remaining cell with probability ``level`` or more.

    Valid whatever the model, the matrix, and however the cells that it was fitted to were picked, as long as
    ``drawn`` was drawn uniformly at random from the others, none of it is missing, and ``mean`` and ``scale``
    do not depend on it (Lei et al., JASA 2018, section 2.2, with normalised residuals).

    A target with :data:`OWN_CELLS` times :func:`cells_needed` drawn cells is calibrated by these alone
    (Mondrian, Vovk et al., 2003): its coverage then holds for the target itself.

    Args:
        mean: [N, N] float64, predictions of a model that did not see the drawn cells.
        scale: [N, N] float64 > 0, how far off they may be, up to a factor; from the same model.
        value: [N, N] float64, the matrix; read only where drawn.
        drawn: [N, N] bool.
        level: nominal coverage, in (0, 1).

    Returns:
        ``mean`` ± quantile · ``scale``; unbounded with fewer than :func:`cells_needed` drawn cells.
    """
    size = np.abs(np.where(drawn, value, mean) - mean) / scale
    reach = np.full(len(mean), conformal_quantile(size[drawn], level))
    for target in np.flatnonzero(drawn.sum(0) >= OWN_CELLS * cells_needed(level)):
        reach[target] = conformal_quantile(size[drawn[:, target], target], level)
    return around(mean, scale, reach)


def around(mean: FloatMatrix, scale: FloatMatrix, reach: npt.NDArray[np.float64]) -> Intervals:
    """Symmetric intervals.

    Args:
        mean: [N, N] float64.
        scale: [N, N] float64 > 0.
        reach: [N] float64, how many scales an interval of each target reaches to either side; may be ∞.

    Returns:
        ``mean`` ± ``reach`` · ``scale``.
    """
    return Intervals(mean - reach * scale, mean + reach * scale)
