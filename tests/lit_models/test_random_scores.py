"""Random scores: noise by key, whatever was measured."""

from collections.abc import Callable

import torch

from datamodules.graph import TaskGraph
from lit_models.random_scores import RandomScores


def test_scores_are_standard_normal(random_graph: Callable[..., TaskGraph]) -> None:
    scores = RandomScores(200, 0)(random_graph(200))
    assert abs(scores.mean()) < 0.02
    assert abs(scores.std() - 1.0) < 0.02
    assert abs(torch.corrcoef(torch.stack([scores.flatten(), scores.mT.flatten()]))[0, 1]) < 0.02


def test_the_key_decides_and_nothing_else(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6, seed=1)
    scores = RandomScores(6, 0)(graph)
    other = random_graph(6, seed=2)
    assert torch.equal(RandomScores(6, 0)(other._replace(key=graph.key)), scores)
    assert not torch.isclose(RandomScores(6, 0)(other), scores).any()


def test_scores_follow_the_dtype_of_the_graph(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    assert RandomScores(6, 0)(graph._replace(affinity=graph.affinity.double())).dtype == torch.float64
