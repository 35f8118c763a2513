"""A Gaussian process over sources: every target's column is a draw, and the columns say how draws vary."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.target_units import FloatVector, target_units

IntVector = npt.NDArray[np.int64]

NOISE = 0.1  # variance of a measurement, in squared deviations of the target
LEVEL = 1.0  # variance of a target's level around what its measured sources say, in the same unit
PRIOR_COLUMNS = 3.0  # how many columns the prior covariance, which is diagonal, counts for


class ColumnPosterior(NamedTuple):
    """The sources of one target, in deviations of the target.

    Attributes:
        mean: [N] float64.
        covariance: [N, N] float64.
    """

    mean: FloatVector
    covariance: FloatMatrix

    @property
    def scale(self) -> FloatVector:
        """Standard deviations, [N] float64."""
        return np.sqrt(np.maximum(self.covariance.diagonal(), 1e-12))


@dataclass(frozen=True, eq=False)
class GaussianColumns:
    """Columns of z-scores as draws of one Gaussian, whose mean and covariance are those of all columns.

    The covariance of two sources is that of the targets with both of them measured, drawn towards 0 by
    three columns' weight; it is then made positive semi-definite.

    Attributes:
        score: [N, N] float64, measured z-scores by shrunken deviations of the targets; 0 elsewhere.
        known: [N, N] bool.
        mean: [N] float64, expected z-score of each source.
        covariance: [N, N] float64, of sources.
        level: [N] float64, what a z-score of 0 is in the table's unit.
        unit: [N] float64, what a z-score of 1 adds.
    """

    score: FloatMatrix
    known: BoolMatrix
    mean: FloatVector
    covariance: FloatMatrix
    level: FloatVector
    unit: FloatVector

    @classmethod
    def fit(cls, value: FloatMatrix, known: BoolMatrix) -> Self:
        """Estimate mean and covariance.

        Args:
            value: [N, N] float64, source × target; read only where known.
            known: [N, N] bool.

        Returns:
            The process.
        """
        units = target_units(value, known)
        score = np.where(known, (value - units.level) / units.deviation, 0.0)
        weight = known.astype(np.float64)
        count = weight.sum(1)
        mean = score.sum(1) / (count + 1.0)
        residual = (score - mean[:, None]) * weight
        together = weight @ weight.T
        covariance = residual @ residual.T / (together + PRIOR_COLUMNS)
        own = (np.square(residual).sum(1) + PRIOR_COLUMNS) / (count + PRIOR_COLUMNS)
        np.fill_diagonal(covariance, own)
        eigenvalue, vector = np.linalg.eigh(covariance)
        covariance = (vector * np.maximum(eigenvalue, 0.0)) @ vector.T
        return cls(score, known, mean, covariance, units.level, units.deviation)

    def column(self, target: int, *, pending: BoolMatrix) -> ColumnPosterior:
        """Condition on the measured sources of a target.

        Args:
            target: its index.
            pending: [N, N] bool, runs whose values are not known yet: they leave the mean as it is, and make
                the others surer as if they had been measured.

        Returns:
            The posterior of what the sources are worth, without the noise of measuring them.
        """
        prior = self.covariance + LEVEL
        mean, covariance = self.mean, prior
        measured = np.flatnonzero(self.known[:, target])
        if len(measured):
            gain = self._gain(covariance, measured)
            mean = mean + gain @ (self.score[measured, target] - mean[measured])
            covariance = covariance - gain @ covariance[measured]
        running = np.flatnonzero(pending[:, target])
        if len(running):
            covariance = covariance - self._gain(covariance, running) @ covariance[running]
        return ColumnPosterior(mean, covariance)

    def best(self, target: int) -> float:
        """The best measured z-score of a target; −∞ if nothing is measured."""
        return float(np.max(self.score[self.known[:, target], target], initial=-np.inf))

    @staticmethod
    def _gain(covariance: FloatMatrix, places: IntVector) -> FloatMatrix:
        own = covariance[np.ix_(places, places)] + NOISE * np.eye(len(places))
        gain: FloatMatrix = np.linalg.solve(own, covariance[places]).T.astype(np.float64)
        return gain
