"""Measured values, drawn towards what the other cells say of them, by how noisy both are."""

import numpy as np

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.replicates import Replicates

# Variance of the noise in a target's variance where nothing was measured twice: what matrix-normal assumes.
ASSUMED_NOISE = 0.15


def standard_error(replicates: Replicates, measured: BoolMatrix) -> FloatMatrix:
    """Standard error of each measured value.

    Args:
        replicates: what repeated measurements say.
        measured: [N, N] bool.

    Returns:
        [N, N] float64; where a cell has one measurement only, by the root mean square deviation of the
        others; 0 where not measured, and everywhere if no cell has two.
    """
    known = measured & np.isfinite(replicates.deviation)
    if not known.any():
        return np.zeros(measured.shape)
    usual = np.sqrt(np.mean(replicates.deviation[known] ** 2))
    deviation = np.where(known, replicates.deviation, usual)
    return np.where(measured, deviation / np.sqrt(np.maximum(replicates.count, 1)), 0.0)


def shrunk(
    value: FloatMatrix, prediction: FloatMatrix, *, noise: FloatMatrix, error: FloatMatrix
) -> FloatMatrix:
    """Mean of measurement and prediction, weighted by their precision.

    Args:
        value: [N, N] float64, measured.
        prediction: [N, N] float64, what is predicted without the measurement.
        noise: [N, N] float64 ≥ 0, standard error of the measurement.
        error: [N, N] float64 > 0, standard error of the prediction.

    Returns:
        [N, N] float64, between the two.

    >>> both = np.array([[2.0]]), np.array([[4.0]])
    >>> shrunk(*both, noise=np.array([[1.0]]), error=np.array([[1.0]])).tolist()
    [[3.0]]
    """
    weight = error**2 / (error**2 + noise**2)
    return weight * value + (1.0 - weight) * prediction
