"""The unit that affinities are reported in: a monotone map of what transfers are worth, and rounding."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import FloatMatrix
from lit_models.prior.scaling import column_scores

FloatVector = npt.NDArray[np.float64]


def warp(rng: np.random.Generator, value: FloatMatrix) -> FloatMatrix:
    """A monotone map of each column's z-scores; the order of a column's sources stays as it was.

    Args:
        rng: draws the map: none, a softmax's exponential as in AHP, a loss that is only bounded from above,
            an accuracy that saturates, a power, or skews that differ between targets.
        value: [N, N] float64.

    Returns:
        [N, N] float64.
    """
    scores = column_scores(value)
    targets = scores.shape[1]
    differs = rng.random() < 0.5
    strength = np.exp(rng.uniform(-1.5, 0.5)) * (np.exp(0.5 * rng.normal(size=targets)) if differs else 1.0)
    draw = rng.random()
    if draw < 0.3:
        return scores
    if draw < 0.55:
        return softmax_like(strength * scores)
    if draw < 0.68:
        return -softmax_like(-strength * scores)
    if draw < 0.85:
        threshold = rng.normal(size=targets) if differs else rng.normal()
        return np.tanh(strength * scores + threshold)
    if draw < 0.93:
        return np.sign(scores) * np.power(np.abs(scores), rng.uniform(0.4, 2.0))
    skew = rng.choice([-1.0, 1.0], targets)
    return skew * softmax_like(skew * strength * scores)


def softmax_like(logit: FloatMatrix) -> FloatMatrix:
    """An AHP column without its normalisation, which z-scores undo; logits are bounded to ±20."""
    return np.exp(np.clip(logit, -20.0, 20.0))


def saturated(rng: np.random.Generator, value: FloatMatrix) -> FloatMatrix:
    """A ceiling, for each column, that its best entries share: [N, N] float64."""
    return np.minimum(value, np.quantile(value, rng.uniform(0.75, 0.97), axis=0))


def rounded(rng: np.random.Generator, value: FloatMatrix) -> FloatMatrix:
    """Values on a grid of 5 to 40 steps over each column's range, so that some tie: [N, N] float64."""
    step = (value.max(0) - value.min(0)) / rng.integers(5, 41) + 1e-9
    return np.round(value / step) * step
