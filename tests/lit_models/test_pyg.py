"""Plain torch-geometric modules: what they are given, and that they train like any other model."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GAE, GCN, GCNConv, GraphSAGE

from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.graph import TaskGraph, graph_of
from lit_models.loading.config import ModelConfig
from lit_models.pyg import PyGModel
from lit_models.registry import model_factory
from lit_models.training.checkpoint import class_path
from lit_models.training.lit_recovery import LitRecovery

Fit = Callable[..., tuple[LitRecovery, Tensor]]
DataOf = Callable[..., AffinityDataModule]
Graphs = Callable[..., TaskGraph]

SIZES = {"hidden_channels": 8, "num_layers": 2, "out_channels": 4}
sage = partial(GraphSAGE, **SIZES)
gcn = partial(GCN, **SIZES)


class Tutorial(nn.Module):
    """A module as torch-geometric's own introduction writes one: it takes the data."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.first = GCNConv(in_channels, 8)
        self.second = GCNConv(8, 4)

    def forward(self, data: Data) -> Tensor:
        x = self.first(data.x, data.edge_index, data.edge_weight).relu()
        x = nn.functional.dropout(x, p=0.2, training=self.training)
        out: Tensor = self.second(x, data.edge_index, data.edge_weight)
        return out


class Look(nn.Module):
    """Keeps what it is given, and answers with a score for every pair."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.in_channels = in_channels

    def forward(self, data: Data) -> Tensor:
        self.data = data
        return torch.arange(9.0).reshape(3, 3)


def graph_autoencoder(in_channels: int) -> GAE:
    return GAE(GCN(in_channels, **SIZES))


@pytest.mark.parametrize(
    ("module", "decoder", "z", "setting"),
    [
        (sage, "source-target", "none", "transductive"),
        (gcn, "inner-product", "none", "transductive"),
        (Tutorial, "source-target", "none", "transductive"),
        (graph_autoencoder, "own", "none", "transductive"),
        (sage, "source-target", "metadata", "inductive"),
        pytest.param(gcn, "inner-product", "metadata", "inductive", marks=pytest.mark.slow),
        pytest.param(Tutorial, "source-target", "metadata", "inductive", marks=pytest.mark.slow),
        pytest.param(graph_autoencoder, "own", "metadata", "inductive", marks=pytest.mark.slow),
    ],
)
def test_plain_modules_train(
    fit: Fit, data_of: DataOf, module: Any, decoder: Any, z: str, setting: str
) -> None:
    data = data_of(z, setting)
    trained, scores = fit(
        partial(PyGModel, module=module, decoder=decoder), data, epochs=30, learning_rate=0.05
    )
    assert trained.is_batched is False
    assert torch.isfinite(scores).all()
    losses = torch.stack([point.train_loss for point in trained.curve])
    assert losses[-1].mean() < 0.95 * losses[0].mean()
    assert len(scores.flatten(0, 1).unique(dim=0)) == 4


def test_the_module_is_given_the_observed_transfers() -> None:
    """Edges run from source to target; a weight is σ of the z-score."""
    affinity = torch.tensor([[0.0, 2.0, 9.0], [0.0, 0.0, -1.0], [9.0, 9.0, 0.0]])
    observed = torch.tensor([[0, 1, 0], [0, 0, 1], [0, 0, 0]]).bool()
    model = PyGModel(3, 0, module=Look, decoder="own")
    assert torch.equal(model(graph_of(affinity, observed)), torch.arange(9.0).reshape(3, 3))
    data = model.module.data
    assert data.edge_index.tolist() == [[0, 1], [1, 2]]
    torch.testing.assert_close(data.edge_weight, torch.tensor([2.0, -1.0]).sigmoid())
    assert torch.equal(data.x, torch.eye(3))
    assert model.settings == {"transductive"}


def test_z_takes_the_place_of_the_identity() -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    model = PyGModel(3, 2, module=Look, decoder="own")
    model(graph_of(torch.zeros(3, 3), torch.eye(3).roll(1, 0).bool(), x=x))
    assert model.module.in_channels == 2
    assert torch.equal(model.module.data.x, x)
    assert model.settings == {"transductive", "inductive"}


@pytest.mark.parametrize("decoder", ["source-target", "inner-product"])
def test_scores_are_those_of_the_module_and_the_decoder(random_graph: Graphs, decoder: Any) -> None:
    graph = random_graph(6, features=3)
    model = PyGModel(6, 3, module=gcn, decoder=decoder)
    edges = graph.observed.nonzero().T
    z = model.module(graph.x, edges, edge_weight=graph.affinity[edges[0], edges[1]].sigmoid())
    assert torch.equal(model.encode(graph), z)
    expected = z[:, :2] @ z[:, 2:].T if decoder == "source-target" else z @ z.T
    torch.testing.assert_close(model(graph), expected)


def test_a_gae_decodes_with_its_own_decoder(random_graph: Graphs) -> None:
    graph = random_graph(6, features=3)
    model = PyGModel(6, 3, module=graph_autoencoder, decoder="own")
    assert isinstance(model.module, GAE)
    z = model.encode(graph)
    torch.testing.assert_close(model(graph).sigmoid(), model.module.decoder.forward_all(z))


def test_its_dropout_follows_the_key_and_leaves_the_generator_alone(random_graph: Graphs) -> None:
    graph = random_graph(6)
    model = PyGModel(6, 0, module=Tutorial).train()
    state = torch.get_rng_state()
    first = model(graph)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(7)
    assert torch.equal(model(graph), first)
    assert not torch.equal(model(graph._replace(key=torch.tensor(1))), first)


@pytest.mark.parametrize("module", [sage, Tutorial])
def test_a_split_is_trained_alike_alone_and_beside_others(fit: Fit, data_of: DataOf, module: Any) -> None:
    data = data_of("none", "transductive")
    alone = AffinityDataModule(table=data.table, numbers=[5])
    build = partial(PyGModel, module=module)
    torch.testing.assert_close(fit(build, alone)[1][0], fit(build, data)[1][1], atol=1e-6, rtol=0)


def test_a_configuration_names_the_module_by_its_class_path(random_graph: Graphs) -> None:
    wanted = {"class_path": "torch_geometric.nn.GraphSAGE", "init_args": SIZES}
    config = ModelConfig(name="sage", class_path="lit_models.pyg.PyGModel", init_args={"module": wanted})
    build = model_factory(config)
    torch.manual_seed(0)
    of_config = build(6, 0)
    torch.manual_seed(0)
    of_class = PyGModel(6, 0, module=sage)
    graph = random_graph(6)
    assert torch.equal(of_config(graph), of_class(graph))
    assert of_config.encoder_name == "GraphSAGE"
    words = class_path(build)
    assert words is not None
    assert words["init_args"]["module"]["class_path"].endswith(".GraphSAGE")


def test_an_unknown_decoder_is_refused() -> None:
    decoder: Any = "inner-produkt"
    with pytest.raises(UserError, match="unknown decoder 'inner-produkt': did you mean 'inner-product'"):
        PyGModel(6, 0, module=sage, decoder=decoder)
