"""From scores of a sparse model to values and intervals, by cells that it has not seen."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from benchmark.running.fit_sparse import FittedSparse
from datamodules.sparse.standardise import TargetMoments
from recovery.cross_validation import LEAST_STRETCH, MOST_STRETCH
from recovery.intervals.quantile import conformal_quantile

Vector = npt.NDArray[np.float64]


class Calibration(NamedTuple):
    """What turns z-scores into values of the table, and how far off these may be.

    Attributes:
        moments: mean and deviation of each of T targets.
        stretch: factor of all scores: a model that orders sources well may be too timid, or too bold.
        reach: half the width of an interval, in deviations of the target; infinite with too few cells.
        cells: how many cells this rests on.
        error: mean absolute error on them, in deviations of the target.
    """

    moments: TargetMoments
    stretch: float
    reach: float
    cells: int
    error: float

    @classmethod
    def of(cls, fitted: FittedSparse, scores: npt.NDArray[np.floating], *, level: float) -> Self:
        """Calibrate on the query cells of a split, which neither training nor its early stopping has seen.

        The stretch is that of least squares; the reach is that of split conformal prediction
        (:func:`recovery.intervals.quantile.conformal_quantile`).

        Args:
            fitted: the model.
            scores: [M], its z-scores of the M query cells.
            level: share of cells that intervals are to cover.

        Returns:
            The calibration.
        """
        table, query, moments = fitted.data.table, fitted.data.split.query, fitted.data.moments
        target = table.target[query]
        truth = (table.value[query] - moments.mean[target]) / moments.deviation[target]
        power = float(scores @ scores)
        fitting = float(truth @ scores) / power if power else 1.0
        stretch = float(np.clip(fitting, LEAST_STRETCH, MOST_STRETCH))
        off = np.abs(truth - stretch * scores)
        return cls(moments, stretch, conformal_quantile(off, level), len(off), float(off.mean()))

    def value(self, scores: npt.NDArray[np.floating], target: npt.NDArray[np.integer]) -> Vector:
        """Values of scores: [M] float64, higher is better."""
        found: Vector = self.moments.mean[target] + self.moments.deviation[target] * self.stretch * scores
        return found

    def interval(self, value: Vector, target: npt.NDArray[np.integer]) -> tuple[Vector, Vector]:
        """Lower and upper ends around predicted values: [M] float64 each."""
        reach = self.reach * self.moments.deviation[target]
        return value - reach, value + reach
