"""What holds for every configured model, with and without Z, in every setting that it supports.

First the checks that every submission must pass, from their one list; then what is asked of shipped models
alone: all parameters trained, all sources told apart, noise by key, and a look at what is shown.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest
import torch

from benchmark.smoke import subject as smoke_subject
from benchmark.smoke import training_checks
from benchmark.smoke.checks import CHECKS, Check
from benchmark.smoke.guard import Guard
from benchmark.smoke.report import CheckError
from benchmark.smoke.subject import Subject
from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models import pair_regression
from lit_models.base import RecoveryModel
from lit_models.extra_trees import ExtraTrees
from lit_models.loading.config import ModelConfig
from lit_models.random_scores import RandomScores
from lit_models.registry import load_model, model_factory, model_names

from .variants import variants

SubjectOf = Callable[[ModelConfig, Setting], Subject]
# What these score was known before anything was measured.
BLIND = {"RandomScores", "CosineSimilarity", "ZeroTransfer", "PairDistance"}
# They measure seconds and sizes, and cannot fail.
APPLY = [check for check in CHECKS if not check.measures]


@pytest.fixture(autouse=True)
def small_batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members and seven splits where a suite has many, fewer epochs and few trees, but for slow tests."""
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(training_checks, "SUITE_MEMBERS", 2)
        monkeypatch.setattr(training_checks, "SUITE_NUMBERS", tuple(range(7)))
        monkeypatch.setattr(training_checks, "EPOCHS", 20)
        for module in (smoke_subject, training_checks):
            monkeypatch.setattr(module, "FEW_EPOCHS", 5)
        monkeypatch.setattr(pair_regression, "TREES", 10)


@pytest.fixture(scope="module")
def subject_of() -> Iterator[SubjectOf]:
    """One subject at a time: the tests of a variant follow one another."""
    latest: list[Subject] = []

    def of(config: ModelConfig, setting: Setting) -> Subject:
        if not latest or (latest[0].config, latest[0].setting) != (config, setting):
            watching.close()
            guard = watching.enter_context(Guard(""))
            latest[:] = [Subject(config, guard=guard, setting=setting)]
        return latest[0]

    with ExitStack() as watching:
        yield of


@pytest.fixture
def subject(subject_of: SubjectOf, config: ModelConfig, setting: Setting) -> Subject:
    return subject_of(config, setting)


@pytest.fixture
def model(subject: Subject) -> RecoveryModel:
    """Untrained, noise off."""
    return subject.model(subject.setting)


@pytest.fixture
def graph(subject: Subject) -> TaskGraph:
    return subject.graph(subject.setting)


@pytest.mark.parametrize("check", [pytest.param(check, id=check.name.replace(" ", "-")) for check in APPLY])
def test_it_passes_the_check(check: Check, subject: Subject) -> None:
    if check.name == "ranking" and subject.config.class_path.endswith("TargetMean"):
        with pytest.raises(CheckError, match="ranks nothing"):  # as it is meant to be
            check.function(subject)
    else:
        assert check.function(subject)


def test_the_checks_are_run_on_every_shipped_model_in_every_setting_that_it_declares() -> None:
    tried: dict[str, set[Setting]] = {name: set() for name in model_names()}
    for variant in variants():
        tried[variant.config.name].add(variant.setting)
    declared = {name: model_factory(load_model(name))(6, 3).settings for name in model_names()}
    assert tried == declared


def test_every_check_says_what_must_hold() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.description.endswith(".") for check in CHECKS)
    assert {check.name for check in CHECKS if check.measures} == {"batching", "cost"}


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


def test_every_parameter_gets_a_gradient(model: RecoveryModel, subject: Subject) -> None:
    graph = subject.data(subject.setting).episode(0, stage="fit").graph
    model.train()
    parameters = dict(model.named_parameters())
    loss = model.loss(graph, model(graph))
    assert loss.requires_grad is bool(parameters)
    if parameters:
        loss.backward()
        idle = [name for name, value in parameters.items() if value.grad is None or not value.grad.any()]
        assert idle == []


def test_sources_are_told_apart(config: ModelConfig, subject: Subject) -> None:
    """In every column that it can rank; in the inductive setting known sources in every new target's."""
    data = subject.data(subject.setting)
    scores, known = subject.short_run.scores, data.num_tasks
    block = scores if subject.setting == "transductive" else scores[..., :known, known:]
    assert block.numel()
    told_apart = block.std(-2) > 1e-6
    if config.class_path.endswith("TargetMean"):
        assert not told_apart.any()
    elif config.class_path.endswith(("ZeroTransfer", "PairDistance")):
        (episodes,) = data.predict_dataloader()
        published = (episodes.graph.edge_attr[..., 0] * episodes.graph.eligible).any(-2)[
            :, None, -told_apart.shape[-1] :
        ]
        assert torch.equal(told_apart, published.expand_as(told_apart))
    else:
        assert told_apart.all()


def test_noise_is_by_key_alone(subject: Subject) -> None:
    assert not subject.short_run.module.is_batch_dependent


@pytest.mark.slow
def test_a_split_scores_the_same_in_batches_as_large_as_a_suites(subject: Subject) -> None:
    assert training_checks.noise(subject)


def test_a_single_observed_cell_moves_the_predictions_of_models_that_look(
    config: ModelConfig, subject: Subject
) -> None:
    observed = subject.data(subject.setting).splits[0].observed
    one = np.zeros_like(observed)
    one[tuple(np.argwhere(observed)[10])] = True
    after = subject.fit(subject.data_with_noise(one), epochs=smoke_subject.FEW_EPOCHS).scores
    looks = config.class_path.split(".")[-1] not in BLIND
    assert torch.equal(after[0], subject.short_run.scores[0]) is not looks
