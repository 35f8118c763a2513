"""Synthetic worlds whose truth is known, half hidden."""

import numpy as np
import pytest

from recovery.recover import recover

from .gravity_worlds import gravity_world


def recovered(seed: int, *, model: str) -> tuple[float, float]:
    """Per-target Spearman over the hidden cells, and their coverage."""
    world = gravity_world(seed=seed)
    hidden = np.random.default_rng(seed).random(world.shape) < 0.5
    cells = recover(world.mask(hidden), lower_is_better=True, chosen="random", model=model).cells
    cells = cells.set_index(["source", "target"])
    cells = cells.assign(truth=world.stack().dropna())[~cells.measured]
    by_target = [own.value.corr(own.truth, method="spearman") for _, own in cells.groupby("target")]
    covered = (cells.low <= cells.truth) & (cells.truth <= cells.high)
    return float(np.mean(by_target)), float(covered.mean())


def test_each_target_has_a_scale_of_its_own_and_a_world_its_seed() -> None:
    world = gravity_world(seed=3)
    assert world.std().max() > 5 * world.std().min()
    assert world.isna().sum().sum() == 30
    assert world.equals(gravity_world(seed=3))
    assert not world.equals(gravity_world(seed=4))


def test_a_world_is_recovered() -> None:
    spearman, coverage = recovered(0, model="prior-fitted")
    assert spearman > 0.85
    assert 0.84 < coverage < 0.96


@pytest.mark.slow
def test_twenty_worlds_are_recovered_by_the_model_that_is_chosen() -> None:
    spearman, coverage = np.mean([recovered(seed, model="auto") for seed in range(20)], axis=0)
    assert spearman >= 0.85
    assert 0.84 <= coverage <= 0.95
