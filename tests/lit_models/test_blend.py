"""Blends: means of parts that keep their own noise and weights, and weights fitted to held-back entries."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.errors import UserError
from datamodules.graph import Targets, TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.additive import Additive
from lit_models.blend import Blend, simplex_weights
from lit_models.extra_trees import ExtraTrees
from lit_models.means import SourceMean
from lit_models.noise import fold_in
from lit_models.random_scores import RandomScores
from lit_models.source_target import SourceTargetGAE


def targets(value: torch.Tensor, mask: torch.Tensor) -> Targets:
    return Targets(mask, torch.where(mask, value, 0.0))


def test_equal_weights_are_the_mean(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    blend = Blend(6, 0, parts=[SourceMean, Additive])
    expected = (SourceMean(6, 0)(graph) + Additive(6, 0)(graph)) / 2
    torch.testing.assert_close(blend(graph), expected)
    assert blend.calibrate(graph, targets(graph.affinity, graph.observed)) == {}


def test_weights_multiply_their_parts(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    blend = Blend(6, 0, parts=[SourceMean, Additive], stacked=True)
    blend.weight = torch.tensor([0.0, 1.0])
    torch.testing.assert_close(blend(graph), Additive(6, 0)(graph))


def test_every_part_has_noise_of_its_own(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    alone = [RandomScores(6, 0)(graph._replace(key=fold_in(graph.key, place))) for place in (0, 1)]
    assert not torch.equal(alone[0], alone[1])
    torch.testing.assert_close(
        Blend(6, 0, parts=[RandomScores, RandomScores])(graph), (alone[0] + alone[1]) / 2
    )


def test_objective_is_the_sum_of_the_parts_that_learn(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    blend = Blend(6, 0, parts=[SourceTargetGAE, SourceMean, SourceTargetGAE]).train()
    own = [
        part.objective(graph._replace(key=fold_in(graph.key, place)))  # type: ignore[operator]  # a model
        for place, part in enumerate(blend.parts)
        if place != 1
    ]
    torch.testing.assert_close(blend.objective(graph), own[0] + own[1])


def test_settings_and_batching_are_what_every_part_allows() -> None:
    assert Blend(6, 0, parts=[SourceMean]).settings == {"transductive", "inductive"}
    assert Blend(6, 0, parts=[SourceMean, Additive]).settings == {"transductive"}
    assert Blend(6, 0, parts=[SourceMean]).batchable
    assert not Blend(6, 0, parts=[SourceMean, ExtraTrees]).batchable
    assert Blend(6, 0, parts=[SourceMean]).encoder_name == ""
    assert Blend(6, 0, parts=[SourceTargetGAE, SourceMean, SourceTargetGAE]).encoder_name == "profile"
    with pytest.raises(UserError, match="at least one part"):
        Blend(6, 0, parts=[])


def test_stacking_agrees_with_a_general_optimiser() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(3, 8, 8, generator=generator, dtype=torch.float64)
    mask = torch.rand(8, 8, generator=generator) < 0.5
    value = 0.6 * scores[0] + 0.4 * scores[1] + 0.1 * torch.randn(8, 8, generator=generator)
    p, y, count = scores[:, mask].numpy(), value[mask].numpy(), int(mask.sum())

    def loss(weight: np.ndarray) -> float:
        return float(((weight @ p - y) ** 2).mean() + 10 / count * ((weight - 1 / 3) ** 2).sum())

    reference = minimize(
        loss, np.full(3, 1 / 3), bounds=[(0, 1)] * 3, constraints={"type": "eq", "fun": lambda w: w.sum() - 1}
    )
    found = simplex_weights(scores, targets(value, mask))
    np.testing.assert_allclose(found, reference.x, atol=0.01)
    assert found.sum() == pytest.approx(1)


def test_without_held_back_entries_weights_are_equal() -> None:
    nothing = torch.zeros(4, 4, dtype=torch.bool)
    found = simplex_weights(torch.randn(2, 4, 4), targets(torch.zeros(4, 4), nothing))
    assert found.tolist() == [0.5, 0.5]


def test_a_trained_stack_prefers_what_predicts(
    fit: Callable[..., tuple[object, torch.Tensor]],
    data_of: Callable[[Z, Setting], AffinityDataModule],
) -> None:
    """Of chance and an additive fit, the weight goes to the fit, in the state that is kept and predicts."""
    data = data_of("none", "transductive")

    def build(tasks: int, features: int) -> Blend:
        return Blend(tasks, features, parts=[RandomScores, Additive, SourceTargetGAE], stacked=True)

    module, _ = fit(build, data, epochs=40)
    weight = module.best_weights["weight"]  # type: ignore[attr-defined]  # a LitRecovery
    assert weight.shape == (2, 2, 3)
    assert (weight[..., 0] < 0.2).all()
    torch.testing.assert_close(weight.sum(-1), torch.ones(2, 2))
