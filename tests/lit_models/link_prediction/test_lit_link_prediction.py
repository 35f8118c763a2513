"""Link prediction: the benchmark's encoders and decoders on sparse edges, and the protocol's loss."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from benchmark.running.trainer import Hardware, make_trainer
from datamodules.graph import LinkGraph, TaskGraph, graph_of
from datamodules.links.citation import LinkDataModule
from datamodules.links.splits import DirectedGraph
from lit_models.autoencoder import Autoencoder, Variational
from lit_models.gae import GAE, VGAE
from lit_models.gravity import GravityGAE, GravityVGAE
from lit_models.link_prediction.lit_link_prediction import LitLinkPrediction, pair_scores, reconstruction_loss
from lit_models.source_target import SourceTargetGAE, SourceTargetVGAE

SIZE = 30
MODELS = [GAE, VGAE, SourceTargetGAE, SourceTargetVGAE, GravityGAE, GravityVGAE]
VARIATIONAL = [VGAE, SourceTargetVGAE, GravityVGAE]


@pytest.fixture
def data() -> LinkDataModule:
    edges = np.argwhere(np.random.default_rng(0).random((SIZE, SIZE)) < 0.15)
    edges = edges[edges[:, 0] != edges[:, 1]]
    graph = DirectedGraph("random", tuple(map(str, range(SIZE))), edges)
    return LinkDataModule(graph=graph, task="general", seed=0)


@pytest.fixture
def graph(data: LinkDataModule) -> LinkGraph:
    return data.link_graph


def made(kind: type[Autoencoder], **options: Any) -> Autoencoder:
    torch.manual_seed(0)
    return kind(SIZE, 0, encoder="gcn", width=8, dim=4, dropout=0.0, **options)


def dense(graph: LinkGraph) -> TaskGraph:
    """The same edges as the benchmark's models see theirs: their weight is σ(affinity), here 1."""
    observed = graph.weight.to_dense() > 0
    return graph_of(torch.full((SIZE, SIZE), 100.0), observed)


def edges_of(graph: LinkGraph) -> Tensor:
    return graph.weight.indices().mT


@pytest.mark.parametrize("kind", [kind for kind in MODELS if kind.directed])
def test_sparse_edges_are_encoded_as_the_benchmarks_dense_ones(
    kind: type[Autoencoder], graph: LinkGraph
) -> None:
    model = made(kind)
    torch.testing.assert_close(model.encode(graph), model.encode(dense(graph)))
    (z, cost), (same, same_cost) = model.embed(graph), model.embed(dense(graph))
    torch.testing.assert_close((z, cost), (same, same_cost))


@pytest.mark.parametrize("kind", [GAE, VGAE])
def test_an_undirected_model_passes_messages_along_directed_edges(
    kind: type[Autoencoder], graph: LinkGraph
) -> None:
    model = made(kind)
    along = model.encoder(dense(graph))[:, :4]
    torch.testing.assert_close(model.encode(graph), along)
    assert not torch.allclose(model.encode(dense(graph)), along)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("mass", ["source", "target"])
def test_pairs_are_scored_as_in_the_whole_matrix(
    kind: type[Autoencoder], mass: str, graph: LinkGraph
) -> None:
    model = made(kind, **({"mass": mass} if issubclass(kind, GravityGAE) else {}))
    z = model.encode(graph)
    pairs = torch.randint(SIZE, (50, 2), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(pair_scores(model.decode, z, pairs), model.decode(z)[pairs[:, 0], pairs[:, 1]])


@pytest.mark.parametrize("kind", MODELS)
def test_loss_is_the_weighted_cross_entropy_with_loops_as_edges(
    kind: type[Autoencoder], graph: LinkGraph
) -> None:
    model = made(kind)
    z = model.encode(graph)
    adjacency = graph.weight.to_dense()
    edges, pairs = adjacency.sum(), SIZE**2
    expected = binary_cross_entropy_with_logits(
        model.decode(z), adjacency + torch.eye(SIZE), pos_weight=(pairs - edges) / edges
    )
    expected = expected * pairs / (2 * (pairs - edges))
    torch.testing.assert_close(reconstruction_loss(model, z, edges_of(graph)), expected)


def test_loss_by_hand() -> None:
    """N = 2, one edge 0 → 1: w = 3, norm = 4 / 6; scores z zᵀ = [[4, 2], [2, 1]]; 1 → 0 alone is no edge."""
    z = torch.tensor([[2.0], [1.0]])
    loss = [3 * np.log1p(np.exp(-s)) for s in (4.0, 2.0, 1.0)] + [np.log1p(np.exp(2.0))]
    model = made(GAE)
    ours = reconstruction_loss(model, z, torch.tensor([[0, 1]]))
    assert ours.item() == pytest.approx(4 / 6 * np.mean(loss), rel=1e-6)


@pytest.mark.parametrize("kind", VARIATIONAL)
def test_a_step_costs_the_divergence_of_kipf_and_wellings_code(
    kind: type[Variational], graph: LinkGraph
) -> None:
    model = made(kind)
    assert isinstance(model, Variational)
    module = LitLinkPrediction(model=model, num_nodes=SIZE, seed=0)
    mean, log_deviation = model.posterior(graph)
    terms = 1 + 2 * log_deviation - mean**2 - torch.exp(log_deviation) ** 2
    divergence = 0.5 / SIZE * terms.sum(1).mean()
    torch.testing.assert_close(module.model.embed(graph)[1], -divergence)


def step_losses(module: LitLinkPrediction, data: LinkDataModule, *, epochs: int) -> list[float]:
    losses: list[float] = []
    original = module.training_step

    # Lightning counts the parameters by name of what it is about to call.
    def remember(graph: LinkGraph, batch_idx: int) -> Tensor:
        loss = original(graph, batch_idx)
        losses.append(loss.item())
        return loss

    module.training_step = remember  # type: ignore[method-assign]  # a spy
    make_trainer(Hardware(), epochs=epochs, callbacks=[]).fit(module, datamodule=data)
    return losses


@pytest.mark.parametrize("kind", MODELS)
def test_training_lowers_the_loss_and_is_its_seeds(kind: type[Autoencoder], data: LinkDataModule) -> None:
    runs = []
    for seed in (0, 0, 1):
        module = LitLinkPrediction(model=made(kind), num_nodes=SIZE, seed=seed)
        runs.append(step_losses(module, data, epochs=40))
    assert min(runs[0][-5:]) < 0.8 * runs[0][0]
    assert runs[0] == runs[1]
    assert (runs[0] != runs[2]) is issubclass(kind, Variational)


@pytest.mark.parametrize("kind", VARIATIONAL)
def test_scores_come_from_the_posteriors_mean(kind: type[Autoencoder], data: LinkDataModule) -> None:
    model = made(kind)
    module = LitLinkPrediction(model=model, num_nodes=SIZE, seed=0).train()
    query = data.query
    expected = model.decode(model.encode(query.graph))[query.pairs[:, 0], query.pairs[:, 1]]
    torch.testing.assert_close(module.predict_step(query, 0), expected)


def test_epsilon_is_what_tensorflow_1_adds_in_the_first_step() -> None:
    module = LitLinkPrediction(model=made(GAE), num_nodes=SIZE, seed=0)
    optimizer = module.configure_optimizers()
    assert isinstance(optimizer, torch.optim.Adam)
    (group,) = optimizer.param_groups
    assert group["eps"] == pytest.approx(1e-8 / (1 - group["betas"][1]) ** 0.5, rel=0.1)
