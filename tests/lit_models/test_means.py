"""Means, by hand."""

import torch

from datamodules.graph import graph_of
from lit_models.means import SourceMean, TargetMean

# Two entries of the first source, one of the second, none of the third; 9 stands where nothing was observed.
GRAPH = graph_of(
    torch.tensor([[9.0, 1.0, 4.0], [-2.0, 9.0, 6.0], [9.0, 9.0, 9.0]]),
    torch.tensor([[False, True, True], [True, False, True], [False, False, False]]),
)


def test_source_mean_by_hand() -> None:
    assert SourceMean(3, 0)(GRAPH).tolist() == [[2.5] * 3, [2.0] * 3, [0.0] * 3]


def test_target_mean_by_hand() -> None:
    assert TargetMean(3, 0)(GRAPH).tolist() == [[-2.0, 1.0, 5.0]] * 3


def test_a_target_without_any_entry_has_mean_zero() -> None:
    nothing = graph_of(GRAPH.affinity, GRAPH.observed & False)
    assert TargetMean(3, 0)(nothing).tolist() == [[0.0] * 3] * 3


def test_means_rank_new_tasks_or_leave_them_tied() -> None:
    assert SourceMean(3, 0).settings == TargetMean(3, 0).settings == {"transductive", "inductive"}
