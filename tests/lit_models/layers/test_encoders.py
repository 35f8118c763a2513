"""Encoders: parity with torch-geometric on the sparse graph, values by hand, and what they may not know."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.nn import GCNConv
from torch_geometric.utils import add_self_loops, scatter

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, edge_weight, graph_of, to_data
from lit_models.layers.encoders import (
    DIR_SHARPNESS,
    DirEncoder,
    EncoderName,
    GCNEncoder,
    ProfileEncoder,
    make_encoder,
    propagation,
)
from lit_models.layers.task_input import TaskInput

CONVOLUTIONS: list[EncoderName] = ["gcn", "dir", "edge"]
SIZE, WIDTH, OUT = 6, 5, 4


def encoder_of(name: EncoderName, *, features: int, one_hot: bool = True) -> nn.Module:
    torch.manual_seed(0)
    return make_encoder(name, SIZE, features, OUT, width=WIDTH, rate=0.5, one_hot=one_hot).eval()


def permuted(graph: TaskGraph, order: Tensor) -> TaskGraph:
    """The same graph with its tasks in another order."""
    of_pairs = {
        field: getattr(graph, field)[order][:, order]
        for field in ("affinity", "observed", "eligible", "query")
    }
    return graph._replace(x=graph.x[order], group=graph.group[order], **of_pairs)


def sparse_step(graph: TaskGraph, *, along: bool, sharpness: float = 1.0) -> tuple[Tensor, Tensor]:
    """Edges and weights of the observed transfers plus self-loops, normalised at the tail or at the head."""
    edges = to_data(graph).edge_index
    weight = edge_weight(graph, sharpness=sharpness)[edges[0], edges[1]]
    looped, weight = add_self_loops(edges, weight, fill_value=1.0, num_nodes=len(graph.group))
    end = looped[0 if along else 1]
    return looped, weight / scatter(weight, end, dim_size=len(graph.group))[end]


def convolve(graph: TaskGraph, states: Tensor, weight: Tensor, *, along: bool, sharpness: float) -> Tensor:
    """torch-geometric's convolution with [in, out] ``weight``: over a task's targets or sources."""
    flow = "target_to_source" if along else "source_to_target"
    layer = GCNConv(*weight.shape, normalize=False, bias=False, flow=flow)
    layer.lin.weight.data = weight.T
    return layer(states, *sparse_step(graph, along=along, sharpness=sharpness))


def input_and_weight(layer: TaskInput, graph: TaskGraph) -> tuple[Tensor, Tensor]:
    """The explicit input [one-hot, Z] and the one weight matrix that it is mapped by."""
    parts, weights = [], []
    if layer.of_task is not None:
        parts.append(torch.eye(len(graph.group)))
        weights.append(layer.of_task)
    if layer.of_z is not None:
        parts.append(graph.x)
        weights.append(layer.of_z.weight.T)
    return torch.cat(parts, dim=1), torch.cat(weights)


with_inputs = pytest.mark.parametrize(
    ("features", "one_hot"), [(0, True), (3, True), (3, False)], ids=["one-hot", "both", "z"]
)


@with_inputs
def test_gcn_equals_two_torch_geometric_convolutions(
    random_graph: Callable[..., TaskGraph], features: int, one_hot: bool
) -> None:
    graph = random_graph(SIZE, features=features)
    encoder = encoder_of("gcn", features=features, one_hot=one_hot)
    assert isinstance(encoder, GCNEncoder)
    states, weight = input_and_weight(encoder.input, graph)
    hidden = convolve(graph, states, weight, along=True, sharpness=1.0).relu()
    expected = convolve(graph, hidden, encoder.head.weight.T, along=True, sharpness=1.0)
    torch.testing.assert_close(encoder(graph), expected)


@with_inputs
def test_dir_equals_torch_geometric_convolutions_along_and_against_the_edges(
    random_graph: Callable[..., TaskGraph], features: int, one_hot: bool
) -> None:
    graph = random_graph(SIZE, features=features)
    encoder = encoder_of("dir", features=features, one_hot=one_hot)
    assert isinstance(encoder, DirEncoder)
    nn.init.normal_(encoder.bias)
    hidden = encoder.bias
    for along, layer in ((True, encoder.of_targets), (False, encoder.of_sources)):
        states, weight = input_and_weight(layer, graph)
        hidden = hidden + convolve(graph, states, weight, along=along, sharpness=DIR_SHARPNESS)
    torch.testing.assert_close(encoder(graph), encoder.head(hidden.relu()))


def test_propagation_by_hand() -> None:
    weight = torch.tensor([[0.0, 2.0, 1.0], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]])
    expected = torch.tensor([[1 / 4, 2 / 4, 1 / 4], [1 / 3, 2 / 3, 0.0], [0.0, 0.0, 1.0]])
    torch.testing.assert_close(propagation(weight), expected)


def test_profile_encoder_by_hand() -> None:
    encoder = ProfileEncoder(2, 1, 1, width=2, rate=0.5).eval()
    # Input: own row (2), own column (2). The first hidden unit reads the row, the second the column.
    encoder.of_profile.weight.data = torch.tensor([[1.0, 10.0, 0.0, 0.0], [0.0, 0.0, 1.0, 10.0]])
    encoder.of_profile.bias.data = torch.tensor([0.0, 1.0])
    encoder.of_z.weight.data = torch.tensor([[100.0], [0.0]])
    encoder.head.weight.data = torch.tensor([[1.0, 1000.0]])
    encoder.head.bias.data = torch.tensor([0.5])
    affinity = torch.tensor([[9.0, 2.0], [-3.0, 9.0]])
    observed = torch.tensor([[False, True], [True, False]])
    graph = graph_of(affinity, observed, x=torch.tensor([[1.0], [0.0]]))
    # Task 0: row (0, 2), column (0, −3): ReLU(20 + 100), ReLU(−30 + 1). Task 1: row (−3, 0), column (2, 0).
    expected = torch.tensor([[120.0 + 0.0 + 0.5], [0.0 + 3000.0 + 0.5]])
    torch.testing.assert_close(encoder(graph), expected)


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("one_hot", [False, True])
def test_renaming_tasks_renames_the_vectors_only_without_identities(
    random_graph: Callable[..., TaskGraph], name: EncoderName, one_hot: bool
) -> None:
    graph = random_graph(SIZE, features=3)
    encoder = encoder_of(name, features=3, one_hot=one_hot)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    same = torch.allclose(encoder(permuted(graph, order)), encoder(graph)[order], atol=1e-6)
    assert same is not one_hot


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution_of_z_alone_takes_graphs_of_other_sizes(
    random_graph: Callable[..., TaskGraph], name: EncoderName
) -> None:
    encoder = encoder_of(name, features=3, one_hot=False)
    assert encoder(random_graph(SIZE + 3, features=3)).shape == (SIZE + 3, OUT)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution_needs_identity_or_z(name: EncoderName) -> None:
    with pytest.raises(UserError, match="task embeddings"):
        encoder_of(name, features=0, one_hot=False)


def test_unknown_encoder_is_told_the_nearest_name() -> None:
    with pytest.raises(UserError, match="'gnc': did you mean 'gcn'"):
        encoder_of("gnc", features=0)  # type: ignore[arg-type]  # the mistake


def test_gcn_sees_a_tasks_targets_alone_and_dir_its_sources_too() -> None:
    observed = torch.zeros(3, 3, dtype=torch.bool)
    observed[0, 1] = True
    graph, nothing = (graph_of(torch.ones(3, 3), mask) for mask in (observed, observed & False))
    moved = {}
    for name in CONVOLUTIONS:
        torch.manual_seed(0)
        encoder = make_encoder(name, 3, 0, OUT, width=WIDTH, rate=0.0, one_hot=True)
        moved[name] = (encoder(graph) != encoder(nothing)).any(1).tolist()
    assert moved == {"gcn": [True, False, False], "dir": [True, True, False], "edge": [True, True, False]}


@pytest.mark.parametrize("name", ["profile", *CONVOLUTIONS])
def test_dropout_acts_in_training_and_follows_the_key(
    random_graph: Callable[..., TaskGraph], name: EncoderName
) -> None:
    graph = random_graph(SIZE)
    encoder = encoder_of(name, features=0)
    still = encoder(graph)
    encoder.train()
    assert not torch.equal(encoder(graph), still)
    assert torch.equal(encoder(graph), encoder(graph))
    assert not torch.equal(encoder(graph), encoder(graph._replace(key=torch.tensor(1))))
