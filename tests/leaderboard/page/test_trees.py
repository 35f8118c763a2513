"""Trees and layouts of matrices whose structure is known."""

from itertools import pairwise

import numpy as np
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.registry import DATASETS
from leaderboard.page.layout import task_layout
from leaderboard.page.matrices import by_group, standardised
from leaderboard.page.trees import similarity_tree


def test_two_blocks_are_joined_last(rng: np.random.Generator) -> None:
    patterns = np.repeat(np.eye(2), 3, axis=0) @ rng.normal(size=(2, 9)) + 0.01 * rng.normal(size=(6, 9))
    merges = similarity_tree(patterns)
    assert len(merges) == 5
    assert merges[-1][2] > 0.5 > merges[-2][2]


def test_a_constant_row_and_missing_entries_are_no_obstacle() -> None:
    merges = similarity_tree(np.array([[np.nan, 1.0, 2.0], [0.0, 0.0, 0.0], [1.0, np.nan, 3.0]]))
    assert all(np.isfinite(height) for *_, height in merges)
    assert max(height for *_, height in merges) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(source.read(regime=regime), id=f"{name}-{regime}")
        for name, source in DATASETS.items()
        for regime in source.regimes
    ],
)
def test_every_matrix_can_be_drawn(table: AffinityTable) -> None:
    order = by_group(table)
    groups = [table.groups[each] for each in order]
    assert sum(one != other for one, other in pairwise(groups)) == len(set(groups)) - 1
    truth = standardised(table)
    places = task_layout(truth)
    assert len(set(places)) == len(table.task_names)
    assert all(0.0 <= each <= 1.0 for place in places for each in place)
    assert task_layout(truth) == places
