"""What a finite number of training runs adds to every affinity."""

import numpy as np

from datamodules.matrix_types import FloatMatrix

LEAST_SHARE, LARGEST_SHARE = 0.004, 0.7


def measurement_noise(rng: np.random.Generator, count: int) -> FloatMatrix:
    """Noise for affinities of unit variance, whose share of all variance is log-uniform from .4 % to 70 %.

    Levels may differ between targets and between sources, tails may be heavy, and some columns may be dead:
    noise five times as loud.

    Args:
        rng: draws it.
        count: N.

    Returns:
        [N, N] float64, source × target.
    """
    share = np.exp(rng.uniform(np.log(LEAST_SHARE), np.log(LARGEST_SHARE)))
    level = np.full((count, count), np.sqrt(share / (1.0 - share)))
    if rng.random() < 0.5:
        level *= np.exp(rng.uniform(0.0, 0.8) * rng.normal(size=count))
    if rng.random() < 0.35:
        level *= np.exp(rng.uniform(0.0, 0.6) * rng.normal(size=count))[:, None]
    if rng.random() < 0.1:
        level[:, rng.random(count) < rng.uniform(0.0, 0.4)] *= 5.0
    shape = (count, count)
    return level * (
        rng.normal(size=shape) if rng.random() < 0.6 else rng.standard_t(rng.uniform(2.2, 6.0), shape)
    )
