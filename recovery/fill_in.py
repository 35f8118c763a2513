"""From a chosen model to the recovered matrix: values, intervals, shrunk values and chances."""

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmark.running.cell import library_versions
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.candidates import Candidate, Expectation
from recovery.chance_best import calibrate_chances, chances_best
from recovery.coverage_curve import coverage_curve
from recovery.cross_validation import CrossValidated
from recovery.guarantee import Chosen, Guarantee
from recovery.intervals.interval import metric_range
from recovery.measurements import Measurements
from recovery.promised_intervals import drawn_size, drawn_widening, make_intervals
from recovery.record import Record
from recovery.recovery import Recovery
from recovery.shrinkage import ASSUMED_NOISE, shrunk, standard_error
from recovery.target_units import target_units


def fill_in(
    measurements: Measurements,
    picked: Candidate,
    *,
    expectations: Sequence[Expectation],
    promise: Chosen,
    level: float,
    seed: int,
) -> Recovery:
    """Fill in a matrix by a model.

    Args:
        measurements: the matrix.
        picked: the model, fitted to the cells that were not drawn.
        expectations: what is expected of every model that was tried.
        promise: how the cells were picked.
        level: nominal coverage of the intervals.
        seed: seed of the draws behind ``chance_best``.

    Returns:
        The recovered matrix.
    """
    table, known, cv = measurements.table, measurements.known, picked.cv
    noise = measurement_noise(measurements)
    widening = drawn_widening(cv, measurements)
    calibration = calibrate_chances(cv, table.value, seed=seed)
    chances = chances_best(
        cv,
        table.value,
        table.eligible,
        power=calibration.power,
        known=known,
        noise=noise,
        widening=widening,
        seed=seed,
    )
    intervals = make_intervals(cv, measurements, promise=promise, level=level)
    calibrating = measurements.drawn if promise == "drawn" else cv.measured
    own = measurements.in_own_unit
    bounds = metric_range(own(table.value[known]))
    value = np.where(known, table.value, cv.mean)
    ends = own(intervals.low), own(intervals.high)
    cells = _cells(
        measurements,
        bounds,
        value=own(value),
        low=np.where(known, own(value), np.fmin(*ends)),
        high=np.where(known, own(value), np.fmax(*ends)),
        measured=known,
        shrunk_value=own(_shrunk(cv, measurements, noise=noise, widening=widening)),
        chance_best=chances,
    )
    record = Record(
        name=table.name,
        model=picked.expected.model,
        guarantee=Guarantee(
            chosen=promise,
            level=level,
            calibration_cells=int(calibrating.sum()),
            unmeasured=int(measurements.unmeasured.sum()),
        ),
        expectations=list(expectations),
        calibration=coverage_curve(*_calibration(cv, measurements, promise=promise)),
        chances=calibration.checked,
        lower_is_better=measurements.lower_is_better,
        bounds=bounds,
        targets=_targets(measurements, measured=True),
        never_measured=_targets(measurements, measured=False),
        seed=seed,
        versions=library_versions() | {"affinity-bench": version("affinity-bench")},
    )
    return Recovery(cells, record)


def measurement_noise(measurements: Measurements) -> FloatMatrix:
    """Standard error of each measured value by its replicates, [N, N]; 0 where there are none."""
    replicates = measurements.table.replicates
    if replicates is None:
        return np.zeros(measurements.table.value.shape)
    return standard_error(replicates, measurements.known)


def _calibration(
    cv: CrossValidated, measurements: Measurements, *, promise: Chosen
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Residuals that the intervals rest on, and which of them are left out together to check these."""
    if promise == "drawn":
        size = drawn_size(cv, measurements)
        return size, np.arange(len(size))
    return np.abs(cv.residual[cv.measured]), cv.fold_of[cv.measured]


def _shrunk(
    cv: CrossValidated, measurements: Measurements, *, noise: FloatMatrix, widening: float
) -> FloatMatrix:
    """Measured values drawn towards held-out predictions, and predictions elsewhere."""
    value, known = measurements.table.value, measurements.known
    if not noise.any():
        noise = ASSUMED_NOISE**0.5 * target_units(value, known).unit * np.ones(value.shape)
    error = cv.held_out_scale * np.sqrt(np.mean(cv.residual[cv.measured] ** 2)) * widening
    return np.where(known, shrunk(value, cv.held_out_mean, noise=noise, error=error), cv.mean)


def _cells(
    measurements: Measurements, bounds: tuple[float, float] | None, **columns: FloatMatrix | BoolMatrix
) -> pd.DataFrame:
    """A row per transfer; predictions are kept inside the range of a bounded metric."""
    rows, targets = np.nonzero(measurements.table.eligible)
    names = np.array(measurements.table.task_names, dtype=object)
    cells = pd.DataFrame({"source": names[rows], "target": names[targets]})
    low, high = bounds or (-np.inf, np.inf)
    for name, matrix in columns.items():
        own = matrix[rows, targets]
        cells[name] = np.clip(own, low, high) if name in ("value", "low", "high", "shrunk_value") else own
    return cells


def _targets(measurements: Measurements, *, measured: bool) -> list[str]:
    """Names of the targets, or of those with nothing measured."""
    count = measurements.known.sum(0)
    targets = np.flatnonzero(measurements.table.eligible.sum(0))
    return [measurements.table.task_names[each] for each in targets if measured or not count[each]]
