"""What holds for every configured model, with and without Z, in every setting that it supports."""

import pytest
import torch
from torch import Tensor

from datamodules.base import AffinityDataModule
from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.extra_trees import ExtraTrees
from lit_models.loading.config import ModelConfig
from lit_models.random_scores import RandomScores
from lit_models.training.lit_recovery import ModelFactory


@pytest.fixture
def model(build: ModelFactory, data: AffinityDataModule) -> RecoveryModel:
    """Untrained, noise off."""
    torch.manual_seed(0)
    return build(data.num_tasks, data.num_features).eval()


@pytest.fixture
def graph(data: AffinityDataModule) -> TaskGraph:
    return data.episode(0, stage="predict").graph


def test_scores_are_finite_floats_for_every_transfer(
    model: RecoveryModel, data: AffinityDataModule, trained_scores: Tensor
) -> None:
    size = len(data.table.task_names)
    assert trained_scores.shape == (2, 2, size, size)
    assert torch.isfinite(trained_scores).all()
    for stage in ("fit", "predict"):
        graph = data.episode(0, stage=stage).graph
        for training in (False, True):
            scores = model.train(training)(graph)
            assert scores.shape == graph.affinity.shape
            assert scores.dtype == torch.float32
            assert torch.isfinite(scores).all()
            loss = model.loss(graph, scores)
            assert loss.shape == ()
            assert torch.isfinite(loss)


def test_scores_stay_finite_with_nothing_observed(model: RecoveryModel, graph: TaskGraph) -> None:
    nothing = graph._replace(affinity=graph.affinity * 0, observed=graph.observed & False)
    scores = model(nothing)
    assert torch.isfinite(scores).all()
    assert torch.isfinite(model.loss(nothing, scores))


def test_scores_follow_from_weights_graph_and_key(model: RecoveryModel, graph: TaskGraph) -> None:
    for training in (False, True):
        model.train(training)
        first = model(graph)
        torch.manual_seed(5)
        assert torch.equal(model(graph), first)
    other_key = graph._replace(key=torch.tensor(1))
    always_draws = isinstance(model, (RandomScores, ExtraTrees))
    assert torch.equal(model.eval()(other_key), model(graph)) is not always_draws
    has_noise = always_draws or any(getattr(part, "rate", 0.0) > 0 for part in model.modules())
    assert torch.equal(model.train()(other_key), model(graph)) is not has_noise


def test_directions_matter_to_directed_models_alone(model: RecoveryModel, graph: TaskGraph) -> None:
    # Targets that differ in their mean: what is constant in a column counts as well.
    shifted = graph.affinity + torch.linspace(-1, 1, len(graph.affinity))
    graph = graph._replace(affinity=shifted * graph.observed)
    scores = model(graph)
    turned = graph._replace(affinity=graph.affinity.mT, observed=graph.observed.mT)
    assert torch.allclose(scores, scores.mT, atol=1e-5) is not model.directed
    # Some models read the graph through what they minimise alone.
    same_scores = torch.allclose(scores, model(turned), atol=1e-5)
    same_objective = torch.isclose(model.objective(graph), model.objective(turned)).item()
    assert (same_scores and same_objective) is not model.directed


def test_the_graph_is_left_as_it_was(model: RecoveryModel, graph: TaskGraph) -> None:
    before = TaskGraph(*(field.clone() for field in graph))
    model.train()
    loss = model.loss(graph, model(graph))
    if loss.requires_grad:
        loss.backward()
    for kept, now in zip(before, graph, strict=True):
        assert torch.equal(kept, now)


def test_every_parameter_gets_a_gradient(model: RecoveryModel, data: AffinityDataModule) -> None:
    graph = data.episode(0, stage="fit").graph
    model.train()
    parameters = dict(model.named_parameters())
    loss = model.loss(graph, model(graph))
    assert loss.requires_grad is bool(parameters)
    if parameters:
        loss.backward()
        idle = [name for name, value in parameters.items() if value.grad is None or not value.grad.any()]
        assert idle == []


def test_sources_are_told_apart(
    config: ModelConfig, data: AffinityDataModule, setting: Setting, trained_scores: Tensor
) -> None:
    """In every column that it can rank; in the inductive setting known sources in every new target's."""
    known = data.num_tasks
    block = trained_scores if setting == "transductive" else trained_scores[..., :known, known:]
    assert block.numel()
    told_apart = block.std(-2) > 1e-6
    if config.class_path.endswith("TargetMean"):
        assert not told_apart.any()
    elif config.proxy != "none":
        (episodes,) = data.predict_dataloader()
        published = episodes.graph.proxy.any(-2)[:, None, -told_apart.shape[-1] :]
        assert torch.equal(told_apart, published.expand_as(told_apart))
    else:
        assert told_apart.all()
