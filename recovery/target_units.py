"""From z-scores back to each target's own unit, for targets with few measured sources too."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.standardise import column_moments

FloatVector = npt.NDArray[np.float64]


class TargetUnits(NamedTuple):
    """What a z-score of each target stands for.

    Attributes:
        level: [N] float64, the value of z = 0.
        unit: [N] float64 > 0, the step from z = 0 to z = 1.
        deviation: [N] float64 > 0, estimated deviation of the target's sources: ``unit``, drawn towards that
            of the other targets the more, the fewer sources it rests on.
        unsure: [N] float64, standard deviation of a level that is not known: that of the targets' levels for
            a target with nothing measured, else 0.
    """

    level: FloatVector
    unit: FloatVector
    deviation: FloatVector
    unsure: FloatVector


def target_units(value: FloatMatrix, measured: BoolMatrix) -> TargetUnits:
    """The moments that z-scores were made with, and what stands in for those that say nothing.

    Args:
        value: [N, N] float64; read only where measured.
        measured: [N, N] bool.

    Returns:
        The units; a target whose measured sources are fewer than two, or equal, has the shrunken deviation as
        its unit.
    """
    level, unit = column_moments(value, measured)
    count = measured.sum(0)
    low = np.where(measured, value, np.inf).min(0, initial=np.inf)
    high = np.where(measured, value, -np.inf).max(0, initial=-np.inf)
    varies = high > low
    overall = float(value[measured].std()) if measured.any() else 0.0
    deviation = shrunken_deviation(unit, count, varies, otherwise=overall or 1.0)
    between = level[count > 0].std() if (count > 0).any() else 0.0
    return TargetUnits(
        level, np.where(varies, unit, deviation), deviation, np.where(count == 0, between, 0.0)
    )


def shrunken_deviation(
    deviation: FloatVector, count: npt.NDArray[np.int64], varies: npt.NDArray[np.bool_], *, otherwise: float
) -> FloatVector:
    """Deviations drawn towards their geometric mean, by how much they differ beyond chance.

    Logarithms of the targets' deviations are taken to be normal around a common mean; one of n values has an
    error of variance 1 / (2 (n − 1)) (Bartlett & Kendall, 1946). The variance between targets is what is left
    of the observed one (method of moments, DerSimonian & Laird, 1986).

    Args:
        deviation: [N] float64, population standard deviations.
        count: [N] int64, values behind each.
        varies: [N] bool, targets with two different values.
        otherwise: deviation where no target has one.

    Returns:
        [N] float64 > 0; the common one for a target whose values are equal or fewer than two.
    """
    if not varies.any():
        return np.full(len(deviation), otherwise)
    free = np.maximum(count[varies] - 1, 1)
    logs = np.log(deviation[varies] * np.sqrt(count[varies] / free))
    error = 1.0 / (2.0 * free)
    common = np.average(logs, weights=1.0 / error)
    between = max(float(np.average((logs - common) ** 2 - error, weights=1.0 / error)), 0.0)
    common = np.average(logs, weights=1.0 / (error + between))
    result = np.full(len(deviation), common)
    result[varies] = (between * logs + error * common) / (between + error)
    shrunken: FloatVector = np.exp(result)
    return shrunken
