"""The curriculum: sizes, depths and rates by step."""

import numpy as np
import pytest

from lit_models.pretraining.curriculum import (
    COOLING,
    DEPTHS,
    MOST_TASKS,
    MOST_WORLDS,
    depth_at,
    rate_at,
    size_at,
)

CELLS = 3_000


def test_sizes_start_small_and_then_span_what_tables_have() -> None:
    first = [size_at(step, seed=0, cells=CELLS).tasks for step in range(500)]
    later = [size_at(step, seed=0, cells=CELLS).tasks for step in range(5_000, 6_500)]
    assert min(first) == 6
    assert max(first) == 14
    assert min(later) == 4
    assert 100 < max(later) <= MOST_TASKS
    assert np.mean([8 <= tasks <= 26 for tasks in later]) > 0.75


def test_a_step_has_about_the_same_number_of_cells_whatever_its_size() -> None:
    for step in range(2_000, 2_200):
        size = size_at(step, seed=1, cells=CELLS)
        if 2 < size.worlds < MOST_WORLDS:
            assert 0.8 * CELLS < size.worlds * size.tasks**2 < 1.2 * CELLS


def test_no_step_waits_for_thousands_of_small_worlds_to_be_drawn() -> None:
    worlds = [size_at(step, seed=1, cells=120_000).worlds for step in range(2_000, 2_200)]
    assert max(worlds) == MOST_WORLDS
    assert min(worlds) >= 2


def test_sizes_differ_between_seeds() -> None:
    one, other = ([size_at(step, seed=seed, cells=CELLS) for step in range(20)] for seed in (0, 1))
    assert one != other


def test_depth_never_falls() -> None:
    depths = [depth_at(step) for step in range(0, 50_000, 500)]
    assert depths == sorted(depths)
    assert {depth_at(start) for start in DEPTHS} == set(DEPTHS.values())


def test_the_rate_warms_up_stays_and_cools_down() -> None:
    steps = 10_000
    rates = np.array([rate_at(step, steps=steps) for step in range(steps)])
    assert (rates > 0).all()
    assert rates.max() == 1.0
    plateau = rates == 1.0
    assert np.flatnonzero(plateau)[[0, -1]] == pytest.approx([200, (1 - COOLING) * steps], abs=2)
    assert (np.diff(rates[int((1 - COOLING) * steps) :]) <= 0).all()
    # More steps, and a step that cooled down is on the plateau again.
    assert rate_at(9_000, steps=2 * steps) == 1.0
