"""The edge-conditioned convolution: parity with torch-geometric on the sparse graph, and what it hears."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.func import functional_call, vmap
from torch_geometric.nn import TransformerConv

from datamodules.graph import TaskGraph
from lit_models.layers.edge_encoder import EdgeConvolution, EdgeEncoder, edge_features

SIZE, WIDTH, PAIRS = 6, 5, 3


@pytest.fixture
def graph(random_graph: Callable[..., TaskGraph]) -> TaskGraph:
    made = random_graph(SIZE, features=4)
    edge_attr = torch.randn(SIZE, SIZE, PAIRS, generator=torch.Generator().manual_seed(1))
    no_edges = torch.ones(SIZE, SIZE, dtype=torch.bool)
    no_edges[2] = no_edges[:, 2] = False
    return made._replace(edge_attr=edge_attr, eligible=made.eligible & no_edges)


@pytest.fixture
def encoder() -> EdgeEncoder:
    made = EdgeEncoder(SIZE, 4, 2, width=WIDTH, rate=0.0, one_hot=False)
    made.use_pair_features(PAIRS)
    return made.eval()


def by_torch_geometric(layer: EdgeConvolution, x: Tensor, edges: Tensor, mask: Tensor) -> Tensor:
    """Messages run from the second index to the first."""
    conv = TransformerConv(WIDTH, WIDTH, edge_dim=edges.shape[-1])
    for ours, theirs in (
        (layer.query, conv.lin_query),
        (layer.key, conv.lin_key),
        (layer.value, conv.lin_value),
        (layer.of_edge, conv.lin_edge),
        (layer.skip, conv.lin_skip),
    ):
        theirs.load_state_dict(ours.state_dict())
    receiver, sender = mask.nonzero().mT
    out: Tensor = conv(x, torch.stack([sender, receiver]), edges[receiver, sender])
    return out


def test_a_convolution_is_torch_geometrics_transformer_conv(graph: TaskGraph) -> None:
    layer = EdgeConvolution(WIDTH, 2 + PAIRS)
    x = torch.randn(SIZE, WIDTH)
    edges = edge_features(graph)
    for each, mask in ((edges, graph.eligible), (edges.transpose(0, 1), graph.eligible.mT)):
        torch.testing.assert_close(layer(x, each, mask), by_torch_geometric(layer, x, each, mask))


def test_attention_sums_to_one_over_a_tasks_edges(graph: TaskGraph) -> None:
    layer = EdgeConvolution(WIDTH, 2 + PAIRS)
    attention = layer.attention(torch.randn(SIZE, WIDTH), edge_features(graph), graph.eligible)
    assert not attention[~graph.eligible].any()
    torch.testing.assert_close(attention.sum(-1), graph.eligible.any(-1).float())
    assert graph.eligible.any(-1).tolist() == [True, True, False, True, True, True]


def test_a_task_without_measured_transfers_hears_from_its_pairs(
    graph: TaskGraph, encoder: EdgeEncoder
) -> None:
    known = (torch.arange(SIZE) > 0).float()
    apart = (known[:, None] * known).bool()
    new = graph._replace(observed=graph.observed & apart, affinity=graph.affinity * apart)
    changed = new.edge_attr.clone()
    changed[0, 1] += 1.0
    assert (encoder(new) != encoder(new._replace(edge_attr=changed)))[0].all()


def test_replicas_share_the_graph(graph: TaskGraph, encoder: EdgeEncoder) -> None:
    weights = {name: torch.stack([value, value + 0.1]) for name, value in encoder.named_parameters()}
    batched = vmap(lambda own: functional_call(encoder, own, (graph,)))(weights)
    for each in range(2):
        own = {name: value[each] for name, value in weights.items()}
        torch.testing.assert_close(batched[each], functional_call(encoder, own, (graph,)))


def test_without_pair_features_affinities_are_read(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(SIZE)
    encoder = EdgeEncoder(SIZE, 0, 2, width=WIDTH, rate=0.0, one_hot=True).eval()
    stronger = graph._replace(affinity=2 * graph.affinity)
    assert not torch.allclose(encoder(graph), encoder(stronger))
