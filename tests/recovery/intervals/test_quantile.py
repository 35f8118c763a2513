"""The finite-sample quantile, by hand."""

import math

import numpy as np
import pytest

from datamodules.errors import UserError
from recovery.intervals.quantile import (
    cells_needed,
    check_level,
    conformal_quantile,
    lower_rank,
    upper_rank,
)


@pytest.mark.parametrize(
    ("level", "needed"), [(0.5, 1), (0.8, 4), (0.9, 9), (0.95, 19), (0.99, 99), (0.7, 3), (1 / 3, 1)]
)
def test_a_bounded_interval_takes_just_so_many_cells(level: float, needed: int) -> None:
    assert cells_needed(level) == needed
    assert math.isfinite(conformal_quantile(np.arange(float(needed)), level))
    assert conformal_quantile(np.arange(needed - 1.0), level) == math.inf


def test_it_is_never_the_largest_score_in_place_of_infinity() -> None:
    scores = np.array([1.0, 2.0, 1000.0])
    assert conformal_quantile(scores, 0.9) == math.inf
    assert conformal_quantile(scores, 0.75) == 1000.0  # ⌈4 · .75⌉ = 3
    assert conformal_quantile(scores, 0.5) == 2.0  # ⌈4 · .5⌉ = 2
    assert conformal_quantile(np.array([]), 0.1) == math.inf


@pytest.mark.parametrize(("count", "level"), [(9, 0.9), (19, 0.9), (20, 0.95), (7, 0.8), (3, 0.9)])
def test_ranks_from_below_and_above_mirror_each_other(count: int, level: float) -> None:
    assert lower_rank(count, level) == count + 1 - upper_rank(count, level)


def test_order_and_ties_do_not_matter() -> None:
    scores = np.array([3.0, 1.0, 1.0, 2.0, 2.0, 2.0, 0.0, 9.0, 4.0, 1.0])
    assert conformal_quantile(scores, 0.8) == 4.0  # ⌈11 · .8⌉ = 9
    assert conformal_quantile(scores[::-1], 0.8) == 4.0


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, math.nan])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(UserError, match="strictly between 0 and 1"):
        check_level(level)


def test_a_level_in_percent_is_read_back() -> None:
    with pytest.raises(UserError, match=r"for 90 %, write 0\.9"):
        check_level(90)
