"""The reverse transfer, by hand."""

import torch

from datamodules.graph import graph_of
from lit_models.additive import additive_fit
from lit_models.reverse import Reverse

# 0 and 1 both ways, 0 -> 2 one way, 1 and 2 neither way.
GRAPH = graph_of(
    torch.tensor([[0.0, 4.0, 6.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
    torch.tensor([[False, True, True], [True, False, False], [False, False, False]]),
)


def test_a_hidden_transfer_is_its_reverse() -> None:
    scores = Reverse(3, 0)(GRAPH)
    assert scores[2, 0] == scores[0, 2] == 6.0
    assert scores[0, 1] == scores[1, 0] == 3.0


def test_the_additive_model_stands_in_where_neither_way_was_observed() -> None:
    scores = Reverse(3, 0, ridge=2.0)(GRAPH)
    stand_in = additive_fit(GRAPH, ridge=2.0)
    assert scores[1, 2] == stand_in[1, 2]
    assert scores[2, 1] == stand_in[2, 1]
    assert scores[1, 2] != scores[2, 1]


def test_nothing_of_a_new_task_was_observed_either_way() -> None:
    assert Reverse(3, 0).settings == {"transductive"}
