"""Synthetic hubs: power laws of measurements, a truth that explains the values, the same for one seed."""

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.sparse.gravity_hub import LEAST_OF_A_TARGET, TAIL, GravityHub, draw_gravity_hub


def test_a_hub_is_drawn_by_its_seed(hub: GravityHub) -> None:
    again = draw_gravity_hub(cells=2000, sources=200, targets=40, seed=3)
    assert again.table.hash == hub.table.hash
    assert draw_gravity_hub(cells=2000, sources=200, targets=40, seed=4).table.hash != hub.table.hash


def test_every_source_and_target_is_measured(hub: GravityHub) -> None:
    assert len(hub.table.value) == 2000
    assert hub.table.cells_per_source.min() >= 1
    assert hub.table.cells_per_target.min() >= LEAST_OF_A_TARGET
    assert not {*hub.table.source_names} & {*hub.table.target_names}


def test_measurements_follow_the_power_law() -> None:
    """Hill's estimate from the upper fifth of 1,000 targets: its standard error is 1.5 / √200 = .11."""
    count = draw_gravity_hub(cells=100_000, sources=20_000, targets=1000, seed=0).table.cells_per_target
    top = np.sort(count)[-200:]
    exponent = 1.0 + 1.0 / np.log(top / (top[0] - 0.5)).mean()
    assert exponent == pytest.approx(TAIL, abs=0.35)


def test_the_truth_explains_the_values(hub: GravityHub) -> None:
    table = hub.table
    truth = hub.help(table.source, table.target)
    target = int(np.argmax(table.cells_per_target))
    own = table.target == target
    assert np.corrcoef(truth[own], table.value[own])[0, 1] > 0.9
    quiet = draw_gravity_hub(cells=2000, sources=200, targets=40, seed=3, noise=0.0)
    truth = quiet.help(quiet.table.source, quiet.table.target)
    own = quiet.table.target == target
    assert np.corrcoef(truth[own], quiet.table.value[own])[0, 1] == pytest.approx(1.0, abs=1e-5)


def test_help_by_hand(hub: GravityHub) -> None:
    gap = hub.source_place[3] - hub.target_place[5]
    expected = hub.log_mass[3] - np.log((gap**2).sum() + 0.1)
    assert hub.help(np.array([3]), np.array([5]))[0] == pytest.approx(expected, rel=1e-5)


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(UserError, match="200 sources × 40 targets takes 520 to 4000 measured cells"):
        draw_gravity_hub(cells=5000, sources=200, targets=40)
