"""What a matrix must have for a benchmark, beyond what it must have to be filled in."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.own_matrix.checks import check_benchable

MakeTable = Callable[[NDArray[np.bool_]], AffinityTable]


def test_three_measured_sources_a_target_are_enough(make_table: MakeTable) -> None:
    """A task that is nothing's target is not asked for."""
    eligible = ~np.eye(4, dtype=bool)
    eligible[:, 0] = False
    check_benchable(make_table(eligible))


def test_targets_with_fewer_are_named(make_table: MakeTable) -> None:
    eligible = ~np.eye(9, dtype=bool)
    eligible[2:, 1] = False
    with pytest.raises(UserError) as caught:
        check_benchable(make_table(eligible))
    assert str(caught.value) == (
        "dataset 'made-up': a benchmark needs at least 3 measured sources per target, but 1 target has "
        "fewer: 'task 1' (1). Measure more sources of these targets, or leave them out."
    )


def test_at_most_five_are_named(make_table: MakeTable) -> None:
    eligible = ~np.eye(9, dtype=bool)
    eligible[2:, 2:] = False
    with pytest.raises(UserError) as caught:
        check_benchable(make_table(eligible))
    assert "but 7 targets have fewer: 'task 2' (2), " in str(caught.value)
    assert "'task 6' (2) and 2 more." in str(caught.value)


def test_nothing_to_hide(make_table: MakeTable) -> None:
    table = make_table(np.zeros((4, 4), dtype=bool))
    with pytest.raises(UserError) as caught:
        check_benchable(replace(table, name="m"))
    assert str(caught.value) == (
        "dataset 'm': no entry is eligible to hide. Measure transfers between different tasks."
    )
