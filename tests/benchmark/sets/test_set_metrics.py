"""Metrics of the sets track, by hand."""

import numpy as np
import pytest

from benchmark.sets.set_metrics import chosen_sets, score_sets
from datamodules.load_table import load_table
from datamodules.sets.protocol import SetSplit
from datamodules.sets.task_sets import TaskSets, make_sets


@pytest.fixture
def sets() -> TaskSets:
    """Six sets of task-0 and one of task-1, between five tasks."""
    value = np.arange(25.0).reshape(5, 5)
    names = [f"task-{i}" for i in range(5)]
    sources = [[1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4], [0, 2]]
    return make_sets(
        load_table(value),
        sources=[[names[i] for i in own] for own in sources],
        target=[names[0]] * 6 + [names[1]],
        value=np.array([12.0, 16.0, 22.0, 14.0, 21.0, 32.0, 5.0]),
        together=False,
    )


def split(query: list[int], sets: TaskSets) -> SetSplit:
    asked = np.isin(np.arange(7), query)
    return SetSplit(0, ~asked, asked, sets.table.eligible)


def test_metrics_by_hand(sets: TaskSets) -> None:
    asked = split([0, 1, 2, 3], sets)  # values 12, 16, 22, 14 of a target whose sets range over 20
    scores = np.array([1.0, 4.0, 3.0, 2.0, 99.0, 99.0, 99.0])
    found = score_sets(scores[None], sets, [asked])
    assert found["spearman"][0, 0] == pytest.approx(0.8)  # ranks 1 4 3 2 against 1 3 4 2
    assert found["regret@1"][0, 0] == pytest.approx((22 - 16) / 20)
    assert found["regret@3"][0, 0] == 0.0
    # The first is task-1 and task-3, and task-3 alone gives 15.
    assert found["gain"][0, 0] == pytest.approx(16 - 15)
    assert all(np.isnan(values[0, 1:]).all() for values in found.values())


def test_equal_scores_choose_the_first(sets: TaskSets) -> None:
    assert chosen_sets(np.zeros(7), sets, split([2, 4, 6], sets)).tolist() == [2, 6, -1, -1, -1]


def test_a_score_that_is_not_finite_is_named(sets: TaskSets) -> None:
    scores = np.full((1, 7), np.nan)
    with pytest.raises(ValueError, match="split 0: a score is not finite"):
        score_sets(scores, sets, [split([0], sets)])
