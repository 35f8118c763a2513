"""Coverage against the level, checked without the cells themselves."""

import numpy as np

from recovery.coverage_curve import coverage_curve


def test_a_group_is_covered_by_what_the_others_say() -> None:
    size, group = np.array([1.0, 2.0, 3.0, 100.0, 100.0, 100.0]), np.array([0, 0, 0, 1, 1, 1])
    points = {point.level: point.coverage for point in coverage_curve(size, group)}
    assert points[0.5] == 0.5  # the small ones by 100, the large ones not by 2
    assert max(points) == 0.75  # of three cells, more cannot be bounded


def test_exchangeable_cells_are_on_the_diagonal() -> None:
    size = np.random.default_rng(0).random(500)
    for level, coverage in coverage_curve(size, np.arange(500) % 10):
        assert abs(level - coverage) < 0.02


def test_no_cells_no_points() -> None:
    assert coverage_curve(np.array([]), np.array([], dtype=np.int64)) == []
