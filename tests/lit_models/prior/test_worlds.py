"""Worlds and what is known of them beforehand."""

import numpy as np

from lit_models.prior.side_information import CHANNELS
from lit_models.prior.worlds import draw_world

COUNT = 12
APART = ~np.eye(COUNT, dtype=bool)


def test_worlds_are_finite_and_no_column_is_constant() -> None:
    for seed in range(300):
        world = draw_world(np.random.default_rng(seed), COUNT)
        assert world.value.shape == (COUNT, COUNT)
        assert world.channels.shape == (CHANNELS, COUNT, COUNT)
        assert np.isfinite(world.value).all()
        assert np.isfinite(world.channels).all()
        assert (world.value.std(0) > 0).all()


def test_side_information_runs_from_none_to_telling() -> None:
    """Correlation of each channel with the affinities' z-scores: some none, some strong, in both signs."""
    found, empty = [], 0
    for seed in range(200):
        world = draw_world(np.random.default_rng(seed), COUNT)
        scores = (world.value - world.value.mean(0)) / world.value.std(0)
        present = [channel[APART] for channel in world.channels if channel[APART].std() > 1e-9]
        empty += not present
        found += [np.corrcoef(channel, scores[APART])[0, 1] for channel in present]
    assert empty > 10
    assert np.mean(np.abs(found) < 0.1) > 0.2
    assert np.mean(np.array(found) > 0.5) > 0.08
    assert min(found) < -0.5
