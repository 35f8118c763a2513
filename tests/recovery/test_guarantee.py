"""The words of the three promises never say more than holds."""

import pytest

from recovery.guarantee import Chosen, Guarantee


def words(chosen: Chosen, *, cells: int = 50, unmeasured: int = 100, level: float = 0.9) -> str:
    return str(Guarantee(chosen=chosen, level=level, calibration_cells=cells, unmeasured=unmeasured))


def test_only_a_draw_guarantees() -> None:
    assert words("drawn").startswith("Guaranteed: ")
    assert words("by-hand").startswith("Not guaranteed: ")
    assert words("random").startswith("If the unmeasured cells are missing at random")
    others: tuple[Chosen, ...] = ("random", "by-hand")
    for chosen in others:
        assert not Guarantee(chosen=chosen, level=0.9, calibration_cells=50, unmeasured=9).holds


@pytest.mark.parametrize("chosen", ["drawn", "random", "by-hand"])
def test_too_few_cells_promise_nothing(chosen: Chosen) -> None:
    assert words(chosen, cells=8) == (
        "The intervals are unbounded: 90% takes at least 9 cells to calibrate on, and there are 8."
    )
    assert not Guarantee(chosen=chosen, level=0.9, calibration_cells=8, unmeasured=9).holds


@pytest.mark.parametrize(("unmeasured", "draw"), [(100, 20), (30, 15), (18, 9)])
def test_the_draw_that_would_help_fits_what_is_left(unmeasured: int, draw: int) -> None:
    assert f"--draw {draw}`" in words("by-hand", unmeasured=unmeasured)


def test_where_too_few_are_left_no_draw_is_advised() -> None:
    assert "--draw" not in words("by-hand", unmeasured=17)
    assert words("by-hand", unmeasured=17).endswith("far lower.")
