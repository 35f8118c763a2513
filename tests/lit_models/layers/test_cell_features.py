"""Features of a cell: normal scores, and what a renaming does to them."""

import numpy as np
import torch

from datamodules.graph import TaskGraph, graph_of
from datamodules.standardise import normal_scores as normal_scores_among
from lit_models.layers.cell_features import FEATURES, cell_features, normal_scores

TASKS = 7


def random_graph(seed: int = 0) -> TaskGraph:
    generator = torch.Generator().manual_seed(seed)
    value = torch.randn(TASKS, TASKS, dtype=torch.float64, generator=generator)
    value[2:5, 3] = 0.5  # ties
    observed = (torch.rand(TASKS, TASKS, generator=generator) < 0.6) & ~torch.eye(TASKS, dtype=torch.bool)
    return graph_of(value, observed)


def test_normal_scores_are_the_datamodules_own() -> None:
    graph = random_graph()
    found = normal_scores(graph.affinity, graph.observed)
    for target in range(TASKS):
        seen = graph.observed[:, target].numpy()
        given = graph.affinity[:, target].numpy()[seen]
        np.testing.assert_allclose(found[:, target].numpy()[seen], normal_scores_among(given, among=given))
        assert not found[:, target].numpy()[~seen].any()


def test_features_go_with_the_tasks() -> None:
    graph, order = random_graph(), torch.randperm(TASKS, generator=torch.Generator().manual_seed(1))
    renamed = graph_of(graph.affinity[order][:, order], graph.observed[order][:, order])
    expected = cell_features(graph)[order][:, order]
    assert expected.shape == (TASKS, TASKS, FEATURES)
    torch.testing.assert_close(cell_features(renamed), expected)


def test_a_batch_is_read_as_its_graphs_one_by_one() -> None:
    graphs = [random_graph(seed) for seed in range(3)]
    batch = TaskGraph(*(torch.stack(fields) for fields in zip(*graphs, strict=True)))
    torch.testing.assert_close(cell_features(batch), torch.stack([cell_features(graph) for graph in graphs]))


def test_features_are_finite_with_nothing_observed() -> None:
    nothing = graph_of(torch.zeros(4, 4), torch.zeros(4, 4, dtype=torch.bool))
    assert torch.isfinite(cell_features(nothing)).all()
