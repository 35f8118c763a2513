"""The additive model: matrices that it recovers by construction, and values by hand."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from datamodules.graph import TaskGraph, graph_of
from lit_models.additive import Additive, additive_fit


def test_additive_fit_by_hand() -> None:
    """One entry of 6, ridge 1, one round: the source takes half, the target half of what is left."""
    observed = torch.tensor([[False, True], [False, False]])
    fit = additive_fit(graph_of(torch.full((2, 2), 6.0), observed), ridge=1.0, rounds=1)
    assert fit.tolist() == [[3.0, 4.5], [0.0, 1.5]]


def test_additive_recovers_an_additive_matrix(additive_matrix: Tensor, seventy_percent: Tensor) -> None:
    graph = graph_of(additive_matrix, seventy_percent)
    scores = Additive(len(additive_matrix), 0, ridge=1e-9)(graph)
    torch.testing.assert_close(scores[graph.query], additive_matrix[graph.query], atol=1e-6, rtol=0)


def test_additive_settles_within_its_rounds_on_standardised_values(
    random_graph: Callable[..., TaskGraph],
) -> None:
    graph = random_graph(30)
    settled = additive_fit(graph, ridge=1.0, rounds=300)
    torch.testing.assert_close(additive_fit(graph, ridge=1.0), settled, atol=1e-3, rtol=0)
    assert not torch.allclose(additive_fit(graph, ridge=1.0, rounds=1), settled, atol=1e-2)


def test_more_ridge_shrinks_the_effects(additive_matrix: Tensor, seventy_percent: Tensor) -> None:
    graph = graph_of(additive_matrix - additive_matrix.mean(), seventy_percent)
    spreads = [additive_fit(graph, ridge=ridge).std() for ridge in (0.1, 10.0, 1000.0)]
    assert spreads[0] > spreads[1] > spreads[2] > 0


def test_effects_of_one_task_are_of_no_use_to_a_new_one() -> None:
    assert Additive(8, 0).settings == {"transductive"}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_scores_follow_the_dtype_of_the_graph(
    random_graph: Callable[..., TaskGraph], dtype: torch.dtype
) -> None:
    graph = random_graph(6)
    assert Additive(6, 0)(graph._replace(affinity=graph.affinity.to(dtype))).dtype == dtype
