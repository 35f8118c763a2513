"""Warps keep the order, ceilings and grids make ties, and noise has the share that it says."""

import numpy as np

from lit_models.prior.measurement_noise import LARGEST_SHARE, LEAST_SHARE, measurement_noise
from lit_models.prior.warps import rounded, saturated, warp

VALUE = np.random.default_rng(0).normal(size=(15, 15)) * 3.0 + 7.0


def test_a_warp_keeps_every_columns_order_and_shapes_differ() -> None:
    skewness = []
    for seed in range(100):
        warped = warp(np.random.default_rng(seed), VALUE)
        assert np.isfinite(warped).all()
        assert (np.diff(np.take_along_axis(warped, VALUE.argsort(0), 0), axis=0) >= 0).all()
        scores = (warped - warped.mean(0)) / warped.std(0)
        skewness.append((scores**3).mean())
    assert min(skewness) < -1.0
    assert max(skewness) > 1.0
    assert np.mean(np.abs(skewness) < 0.3) > 0.2


def test_a_ceiling_is_shared_by_a_columns_best() -> None:
    cut = saturated(np.random.default_rng(1), VALUE)
    assert (cut <= VALUE).all()
    assert ((cut == cut.max(0)).sum(0) >= 1).all()
    assert (cut < VALUE).any()
    assert (
        np.mean([(saturated(np.random.default_rng(seed), VALUE) < VALUE).mean() for seed in range(50)]) > 0.05
    )


def test_rounding_leaves_at_most_forty_one_levels_within_half_a_step() -> None:
    for seed in range(20):
        grid = rounded(np.random.default_rng(seed), VALUE)
        step = (VALUE.max(0) - VALUE.min(0)) / 5
        assert (np.abs(grid - VALUE) <= step / 2 + 1e-9).all()
        assert max(len(np.unique(column)) for column in grid.T) <= 41


def test_noise_has_shares_from_almost_nothing_to_most_of_the_variance() -> None:
    shares = []
    for seed in range(400):
        noise = measurement_noise(np.random.default_rng(seed), 12)
        level = np.median(np.abs(noise)) / 0.6745  # robust against tails and dead columns
        shares.append(level**2 / (1.0 + level**2))
    assert np.quantile(shares, 0.05) < 3 * LEAST_SHARE
    assert np.quantile(shares, 0.95) > 0.7 * LARGEST_SHARE
    # Log-uniform: the median is near the geometric mean, .053.
    assert 0.03 < np.median(shares) < 0.09
