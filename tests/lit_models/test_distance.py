"""Distance of embeddings, by hand."""

from collections.abc import Callable
from math import sqrt

import pytest
import torch

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, graph_of
from lit_models.distance import CosineSimilarity, GAEDistance
from lit_models.gae import GAE


def test_cosine_by_hand() -> None:
    """Length is of no account, and a task without any Z is like none, itself included."""
    x = torch.tensor([[1.0, 0.0], [3.0, 3.0], [-2.0, 0.0], [0.0, 0.0]])
    graph = graph_of(torch.zeros(4, 4), torch.zeros(4, 4, dtype=torch.bool), x=x)
    half = 1 / sqrt(2)
    expected = [[1, half, -1, 0], [half, 1, -half, 0], [-1, -half, 1, 0], [0, 0, 0, 0]]
    torch.testing.assert_close(CosineSimilarity(4, 2)(graph), torch.tensor(expected))


def test_without_z_there_is_no_cosine() -> None:
    with pytest.raises(UserError, match="a cosine needs task embeddings"):
        CosineSimilarity(4, 0)


def test_a_trained_gaes_distances_are_its_vectors_own(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(5)
    torch.manual_seed(0)
    model = GAEDistance(5, 0)
    vectors = model.encode(graph)
    torch.testing.assert_close(model(graph), -torch.cdist(vectors, vectors), atol=1e-3, rtol=1e-4)


def test_it_is_trained_as_a_gae(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(5)
    torch.manual_seed(0)
    model = GAEDistance(5, 0)
    plain = GAE(5, 0)
    plain.load_state_dict(model.state_dict())
    assert torch.equal(model.objective(graph), plain.objective(graph))
    assert not torch.equal(model(graph), plain(graph))
