"""Views of a task graph, by hand on three tasks, and under the transforms that models run in."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.func import vmap
from torch.utils.data import default_collate
from torch_geometric.nn import GCNConv

from datamodules.graph import (
    Episode,
    Targets,
    TaskGraph,
    edge_index,
    edge_weight,
    graph_of,
    to_data,
    undirected,
)

LOG3 = math.log(3)


def three_tasks() -> TaskGraph:
    """Observed: 0 -> 1, 0 -> 2, 1 -> 0, 2 -> 1; the logistic function of log 3 is 3/4."""
    affinity = torch.tensor([[0.0, LOG3, -LOG3], [0.0, 0.0, 9.0], [9.0, 2 * LOG3, 0.0]])
    observed = torch.tensor([[0, 1, 1], [1, 0, 0], [0, 1, 0]]).bool()
    return graph_of(affinity, observed, x=torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, -1.0]]))


def random_graph(seed: int, size: int = 6) -> TaskGraph:
    generator = torch.Generator().manual_seed(seed)
    affinity, x = (torch.randn(size, width, generator=generator) for width in (size, 3))
    observed = (torch.rand(size, size, generator=generator) < 0.5) & ~torch.eye(size).bool()
    return graph_of(affinity, observed, x=x)


@pytest.fixture
def convolution() -> GCNConv:
    """A linear map, then sums over incoming edges; no normalisation of its own."""
    layer = GCNConv(3, 2, normalize=False, bias=False)
    layer.lin.weight.data = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]])
    return layer


def test_graph_of_hides_what_is_not_observed_and_asks_for_it() -> None:
    graph = three_tasks()
    expected = torch.tensor([[0.0, LOG3, -LOG3], [0.0, 0.0, 0.0], [0.0, 2 * LOG3, 0.0]])
    torch.testing.assert_close(graph.affinity, expected, rtol=0, atol=0)
    assert graph.eligible.tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert graph.query.tolist() == [[0, 0, 0], [0, 0, 1], [1, 0, 0]]
    assert graph.group.tolist() == [-1, -1, -1]
    assert graph.edge_attr.shape == (3, 3, 0)
    assert graph.key.shape == ()


def test_graph_of_ignores_hidden_values_that_are_not_numbers() -> None:
    affinity = torch.tensor([[math.nan, 2.0], [math.inf, 0.0]])
    graph = graph_of(affinity, torch.tensor([[0, 1], [0, 0]]).bool())
    assert graph.affinity.tolist() == [[0.0, 2.0], [0.0, 0.0]]


def test_graph_of_without_embeddings_has_width_zero() -> None:
    assert graph_of(torch.zeros(4, 4), torch.zeros(4, 4).bool()).x.shape == (4, 0)


def test_undirected_is_the_mean_of_the_observed_directions() -> None:
    """{0, 1}: (log 3 + 0) / 2, both ways observed; {0, 2} and {1, 2}: the one that is."""
    expected = torch.tensor([[0.0, LOG3 / 2, -LOG3], [LOG3 / 2, 0.0, 2 * LOG3], [-LOG3, 2 * LOG3, 0.0]])
    graph = undirected(three_tasks())
    torch.testing.assert_close(graph.affinity, expected, rtol=0, atol=0)
    assert graph.observed.tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_undirected_changes_nothing_else() -> None:
    before = three_tasks()._replace(edge_attr=torch.arange(18.0).view(3, 3, 2))
    after = undirected(before)
    for name in ("x", "group", "eligible", "query", "edge_attr", "key"):
        assert torch.equal(getattr(before, name), getattr(after, name)), name


def test_undirected_twice_is_undirected_once() -> None:
    once = undirected(random_graph(0))
    twice = undirected(once)
    torch.testing.assert_close(twice.affinity, once.affinity)
    assert torch.equal(twice.observed, once.observed)


def test_edge_weight_is_the_logistic_of_observed_affinities() -> None:
    expected = torch.tensor([[0.0, 0.75, 0.25], [0.5, 0.0, 0.0], [0.0, 0.9, 0.0]])
    torch.testing.assert_close(edge_weight(three_tasks()), expected)


def test_sharpness_multiplies_the_affinity() -> None:
    expected = torch.tensor([[0.0, 0.9, 0.1], [0.5, 0.0, 0.0], [0.0, 81 / 82, 0.0]])
    torch.testing.assert_close(edge_weight(three_tasks(), sharpness=2.0), expected)


def test_edge_index_is_all_pairs_source_by_source() -> None:
    assert edge_index(three_tasks()).tolist() == [[0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1, 2]]


def test_edge_weight_flattened_goes_with_edge_index() -> None:
    graph = random_graph(1)
    weight, (source, target) = edge_weight(graph), edge_index(graph)
    assert torch.equal(weight[source, target], weight.flatten())


def test_to_data_holds_the_observed_edges_only() -> None:
    data = to_data(three_tasks())
    assert data.edge_index.tolist() == [[0, 0, 1, 2], [1, 2, 0, 1]]
    torch.testing.assert_close(data.edge_weight, torch.tensor([0.75, 0.25, 0.5, 0.9]))
    assert torch.equal(data.x, three_tasks().x)
    data.validate(raise_on_error=True)


def test_to_data_counts_tasks_that_have_neither_edge_nor_embedding() -> None:
    data = to_data(graph_of(torch.zeros(4, 4), torch.zeros(4, 4).bool()))
    assert data.num_nodes == 4
    assert data.num_edges == 0


@pytest.mark.parametrize("reverse", [False, True])
def test_convolution_over_edges_is_the_dense_product(convolution: GCNConv, reverse: bool) -> None:
    """Forward, a target sums over its sources, weight transposed; reversed, a source over its targets."""
    graph = random_graph(2)
    sparse, pairs, weight = to_data(graph), edge_index(graph), edge_weight(graph)
    over_observed = sparse.edge_index.flip(0) if reverse else sparse.edge_index
    over_all = pairs.flip(0) if reverse else pairs
    features = graph.x @ convolution.lin.weight.T
    expected = weight @ features if reverse else weight.T @ features
    torch.testing.assert_close(convolution(sparse.x, over_observed, sparse.edge_weight), expected)
    torch.testing.assert_close(convolution(graph.x, over_all, weight.flatten()), expected)
    assert not torch.allclose(weight @ features, weight.T @ features)


@pytest.mark.parametrize(
    "view",
    [edge_weight, edge_index, lambda graph: undirected(graph).affinity],
    ids=["edge_weight", "edge_index", "undirected"],
)
def test_views_under_vmap_are_those_of_each_graph(view: Callable[[TaskGraph], Tensor]) -> None:
    graphs = [random_graph(seed) for seed in range(3)]
    torch.testing.assert_close(
        vmap(view)(default_collate(graphs)), torch.stack([view(graph) for graph in graphs])
    )


def test_convolution_over_all_pairs_runs_under_vmap(convolution: GCNConv) -> None:
    def convolved(graph: TaskGraph) -> Tensor:
        return convolution(graph.x, edge_index(graph), edge_weight(graph).flatten())

    graphs = [random_graph(seed) for seed in range(3)]
    torch.testing.assert_close(
        vmap(convolved)(default_collate(graphs)), torch.stack([convolved(graph) for graph in graphs])
    )


def test_default_collate_stacks_episodes() -> None:
    episodes = []
    for position in range(3):
        graph = random_graph(position)
        episodes.append(Episode(torch.tensor(position), graph, Targets(graph.query, -graph.affinity)))
    batch = default_collate(episodes)
    assert isinstance(batch, Episode)
    assert isinstance(batch.graph, TaskGraph)
    assert isinstance(batch.validation, Targets)
    assert batch.position.tolist() == [0, 1, 2]
    for name in TaskGraph._fields:
        stacked = torch.stack([getattr(episode.graph, name) for episode in episodes])
        assert torch.equal(getattr(batch.graph, name), stacked), name
    assert torch.equal(batch.validation.value, -batch.graph.affinity)
    assert torch.equal(batch.validation.mask, batch.graph.query)
