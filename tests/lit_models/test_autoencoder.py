"""Autoencoders: the divergence, when a posterior is sampled, and that the loss judges that same sample."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch_geometric import nn as pyg

from datamodules.graph import TaskGraph, undirected
from lit_models.autoencoder import Autoencoder, EncoderDecoder, Variational, kl_divergence
from lit_models.base import masked_squared_error
from lit_models.digae import DiGAE
from lit_models.gae import GAE, VGAE
from lit_models.gravity import GravityGAE, GravityVGAE
from lit_models.layers.encoders import EncoderName
from lit_models.magnet import SourceTargetMagNet
from lit_models.noise import normal
from lit_models.sdgae import SDGAE
from lit_models.source_target import SourceTargetGAE, SourceTargetVGAE

SIZE, FEATURES, DIM = 6, 3, 4
PLAIN = [GAE, SourceTargetGAE, GravityGAE]
VARIATIONAL = [VGAE, SourceTargetVGAE, GravityVGAE]
ENCODERS: list[EncoderName] = ["profile", "gcn", "dir", "edge"]
WIDTH_OF_VECTOR = {GAE: DIM, SourceTargetGAE: 2 * DIM, GravityGAE: DIM + 1}
every_variational = pytest.mark.parametrize("kind", VARIATIONAL)


@pytest.fixture
def graph(random_graph: Callable[..., TaskGraph]) -> TaskGraph:
    return random_graph(SIZE, features=FEATURES)


def made(kind: type[Autoencoder], **options: object) -> Autoencoder:
    torch.manual_seed(0)
    return kind(SIZE, FEATURES, dim=DIM, width=5, **options)  # type: ignore[arg-type]  # its keywords


def variational(kind: type[Variational]) -> Variational:
    model = made(kind)
    assert isinstance(model, Variational)
    return model


def test_divergence_equals_torch_geometrics() -> None:
    mean, log_deviation = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    expected = pyg.VGAE(nn.Identity()).kl_loss(mean, log_deviation)
    torch.testing.assert_close(kl_divergence(mean, log_deviation), expected)
    assert expected > 0


def test_divergence_from_the_prior_itself_is_zero() -> None:
    assert kl_divergence(torch.zeros(4, 2), torch.zeros(4, 2)) == 0


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("kind", PLAIN)
def test_scores_decode_the_vectors_that_are_exported(
    graph: TaskGraph, kind: type[Autoencoder], encoder: EncoderName
) -> None:
    model = made(kind, encoder=encoder).eval()
    assert model.encoder_name == encoder
    z = model.encode(graph)
    assert z.shape == (SIZE, WIDTH_OF_VECTOR[kind])
    assert torch.equal(model(graph), model.decode(z))


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("kind", [GAE, VGAE])
def test_undirected_models_forget_directions(
    graph: TaskGraph, kind: type[Autoencoder], encoder: EncoderName
) -> None:
    model = made(kind, encoder=encoder).eval()
    scores = model(graph)
    torch.testing.assert_close(scores, scores.T)
    torch.testing.assert_close(scores, model(undirected(graph)))


@pytest.mark.parametrize("kind", [*PLAIN, *VARIATIONAL])
def test_settings_follow_from_what_belongs_to_one_task(kind: type[Autoencoder]) -> None:
    both, one = {"transductive", "inductive"}, {"transductive"}
    assert made(kind, encoder="gcn", one_hot=False).settings == both
    assert made(kind, encoder="gcn", one_hot=True).settings == one
    assert made(kind, encoder="profile", one_hot=False).settings == one


@every_variational
def test_posterior_mean_in_scores_and_a_keyed_sample_in_training(
    graph: TaskGraph, kind: type[Variational]
) -> None:
    model = variational(kind).train()
    mean, log_deviation = model.posterior(graph)
    assert torch.equal(model.encode(graph), mean)
    sample = model.embed(graph)[0]
    noise = (sample - mean) / log_deviation.exp()
    torch.testing.assert_close(noise, normal(graph.key, mean.shape, call=100), atol=1e-4, rtol=1e-4)
    assert torch.equal(sample, model.embed(graph)[0])
    assert not torch.equal(sample, model.embed(graph._replace(key=torch.tensor(1)))[0])


@every_variational
def test_objective_adds_the_divergence_of_the_posterior_that_was_sampled(
    graph: TaskGraph, kind: type[Variational]
) -> None:
    model = variational(kind).train()
    scores = model.decode(model.embed(graph)[0])
    error = masked_squared_error(scores, graph.affinity, graph.observed)
    objective = model.objective(graph)
    torch.testing.assert_close(objective, error + 0.01 * kl_divergence(*model.posterior(graph)))
    assert objective > error


@every_variational
def test_a_wild_deviation_stays_finite(graph: TaskGraph, kind: type[Variational]) -> None:
    model = variational(kind).train()
    head = model.encoder.head
    assert isinstance(head, nn.Linear)
    nn.init.constant_(head.bias, 1e6)
    assert torch.isfinite(model.objective(graph))


def test_mean_squared_error_reads_the_mask_alone() -> None:
    scores, value = torch.tensor([[1.0, 9.0], [4.0, 0.0]]), torch.tensor([[3.0, 0.0], [3.0, 0.0]])
    mask = torch.tensor([[True, False], [True, False]])
    assert masked_squared_error(scores, value, mask) == (4 + 1) / 2
    assert masked_squared_error(scores, value, mask & False) == 0
    batch = masked_squared_error(scores, value, torch.stack([mask, ~mask]))
    assert batch.tolist() == [2.5, 40.5]


def test_a_learned_distance_weight_starts_where_it_is_told_and_gets_a_gradient(graph: TaskGraph) -> None:
    torch.manual_seed(0)
    fixed = made(GravityGAE, distance_weight=0.5, dropout=0.0)
    torch.manual_seed(0)
    learned = made(GravityGAE, distance_weight=0.5, dropout=0.0, learn_distance_weight=True)
    assert torch.equal(fixed(graph), learned(graph))
    learned.objective(graph).backward()
    grad = learned.get_parameter("distance_weight").grad
    assert grad is not None
    assert grad != 0


@pytest.mark.parametrize("kind", [DiGAE, SDGAE, SourceTargetMagNet])
def test_a_model_with_an_encoder_of_its_own_builds_no_other(
    kind: type[EncoderDecoder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("another encoder was built")

    monkeypatch.setattr("lit_models.autoencoder.make_encoder", refuse)
    assert kind(6, 3).encoder_name in {"digae", "sdgae", "magnet"}  # type: ignore[call-arg]  # its defaults
    with pytest.raises(AssertionError, match="another encoder"):
        GAE(6, 3)


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("kind", [GAE, SourceTargetGAE])
def test_pair_features_add_a_term_to_every_score(
    graph: TaskGraph, kind: type[Autoencoder], encoder: EncoderName
) -> None:
    edge_attr = torch.randn(SIZE, SIZE, 3, generator=torch.Generator().manual_seed(0))
    model = made(kind, encoder=encoder)
    model.use_pair_features(3)
    graph = graph._replace(edge_attr=edge_attr)
    model.eval()
    assert model.of_pair is not None
    term = model.of_pair(edge_attr).squeeze(-1)
    expected = term if model.directed else (term + term.T) / 2
    torch.testing.assert_close(model(graph) - model.decode(model.encode(graph)), expected)
    model.objective(graph).backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in model.of_pair.parameters())
