"""Models that read bipartite graphs give [S, T] scores, most of them those of the square graph."""

from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from benchmark.running.fit_model import data_for, fit_model
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.graph import TaskGraph, is_bipartite
from datamodules.splits.protocol import Setting
from datamodules.standardise import z_scores
from lit_models.base import build_model
from lit_models.kernel_ridge import KernelRidge
from lit_models.layers.kernels import rbf_kernel
from lit_models.loading.config import ModelConfig
from lit_models.matrix_normal import MatrixNormal
from lit_models.registry import load_model, model_factory, model_names

SOURCES, TARGETS = 12, 7
# They compare sources with sources alone, or have fewer features to choose from, and so predict otherwise.
APART = {"KernelRidge", "MatrixNormal", "Blend", "ExtraTrees", "PairRegression"}


@cache
def table() -> AffinityTable:
    """Sources first, then targets, one transfer missing; with numbers of the tasks and of the pairs."""
    rng = np.random.default_rng(0)
    tasks = SOURCES + TARGETS
    value = np.full((tasks, tasks), np.nan)
    value[:SOURCES, SOURCES:] = rng.normal(size=(SOURCES, 2)) @ rng.normal(size=(2, TARGETS))
    value[0, SOURCES] = np.nan
    eligible = np.isfinite(value)
    return AffinityTable(
        name="zoo",
        regime="only",
        label="accuracy",
        unit="none",
        task_names=tuple(f"task {number}" for number in range(tasks)),
        value=value,
        eligible=eligible,
        groups=tuple("ab"[number % 2] for number in range(tasks)),
        kinds=("",) * tasks,
        features=rng.normal(size=(tasks, 3)),
        feature_names=("x", "y", "z"),
        pairs={name: np.where(eligible, rng.normal(size=value.shape), np.nan) for name in ("leep", "logme")},
    )


def square(config: ModelConfig, setting: Setting) -> AffinityDataModule:
    return AffinityDataModule(
        table=table(),
        setting=setting,
        numbers=[0, 1],
        z=config.z,
        scale=config.scale,
        pairs=config.pairs,
        train_on_validation=config.training.train_on_validation,
    )


@cache
def variants() -> list[tuple[ModelConfig, Setting]]:
    """One per class, encoder and setting, of the models that read bipartite graphs; with Z where possible."""
    found: dict[tuple[object, ...], tuple[ModelConfig, Setting]] = {}
    for name in model_names():
        shipped = load_model(name)
        config = shipped.model_copy(update={"z": "metadata"}) if shipped.z in ("none", "all") else shipped
        if config.z == "prompt" or config.pairs not in ("none", "all", "leep", "logme"):
            continue
        model = build_model(model_factory(config), SOURCES + TARGETS, 3, 2)
        if model.reads_bipartite:
            kind = (config.class_path, config.init_args.get("encoder"), config.init_args.get("method"))
            found.update({(*kind, setting): (config, setting) for setting in sorted(model.settings)})
    return list(found.values())


@pytest.mark.parametrize(
    ("config", "setting"), variants(), ids=[f"{config.name}-{setting}" for config, setting in variants()]
)
def test_scores_of_sources_by_targets(config: ModelConfig, setting: Setting) -> None:
    data = data_for(config, table(), setting=setting, numbers=[0, 1])
    graph = data.episode(1, stage="predict").graph
    assert is_bipartite(graph)
    assert graph.affinity.shape == (SOURCES, TARGETS)
    torch.manual_seed(0)
    build = model_factory(config)
    model = build_model(build, data.num_tasks, data.num_features, data.num_pair_features).eval()
    with torch.no_grad():
        scores = model(graph)
        of_square = model(square(config, setting).episode(1, stage="predict").graph)
    assert scores.shape == (SOURCES, TARGETS)
    assert scores.isfinite().all()
    if type(model).__name__ not in APART and setting == "transductive":
        torch.testing.assert_close(scores, of_square[:SOURCES, SOURCES:], atol=1e-4, rtol=1e-4)
    if model.batchable:
        fitted = fit_model(config, data, members=2, seed=0, epochs=2)
        assert fitted.scores(data.predict_dataloader()).isfinite().all()
        assert fitted.module.is_batched


def dense_posterior(graph: TaskGraph, source: Tensor, target: Tensor, *, noise: float) -> Tensor:
    """[S, T] posterior mean of a Gaussian process of covariance source ⊗ target, by one dense system."""
    whole = torch.kron(source, target)
    shown = graph.observed.flatten()
    system = whole[shown][:, shown] + noise * torch.eye(int(shown.sum()), dtype=whole.dtype)
    alpha = torch.linalg.solve(system, graph.affinity.double().flatten()[shown])
    return (whole[:, shown] @ alpha).reshape(graph.affinity.shape)


@pytest.fixture(scope="module")
def graph() -> TaskGraph:
    data = AffinityDataModule(table=table(), numbers=[0], z="metadata", bipartite=True)
    return data.episode(0, stage="predict").graph


def test_kernel_ridge_by_hand(graph: TaskGraph) -> None:
    """Each side's kernel is that of its own profiles and Z, with a width of its own."""
    profiles = (graph.affinity.double(), graph.affinity.double().mT)
    everyone = (torch.ones(SOURCES).bool(), torch.ones(TARGETS).bool())
    z = (graph.x[:SOURCES].double(), graph.x[SOURCES:].double())
    source, target = (
        (rbf_kernel(profile, known) + rbf_kernel(own, known)) / 2
        for profile, own, known in zip(profiles, z, everyone, strict=True)
    )
    expected = dense_posterior(graph, source, target, noise=0.1)
    scores = KernelRidge(SOURCES + TARGETS, 3)(graph)
    torch.testing.assert_close(scores.double(), expected, atol=1e-5, rtol=1e-5)


def test_matrix_normal_before_it_learns_is_its_prior_by_hand(graph: TaskGraph) -> None:
    model = MatrixNormal(SOURCES + TARGETS, 3, rounds=0)
    source, target = (model.prior(graph.x.double()[side]) for side in (slice(SOURCES), slice(SOURCES, None)))
    expected = dense_posterior(graph, source, target, noise=0.15)
    torch.testing.assert_close(model(graph).double(), expected, atol=1e-5, rtol=1e-5)


def test_learned_covariances_say_more_of_hidden_transfers() -> None:
    data = AffinityDataModule(table=table(), numbers=list(range(9)), bipartite=True)
    correlation = []
    for rounds in (0, 3):
        model = MatrixNormal(SOURCES + TARGETS, 0, rounds=rounds)
        pairs = []
        for position in range(9):
            own = data.episode(position, stage="predict").graph
            truth = z_scores(table().value, data.splits[position].observed)[data.area]
            pairs.append(np.stack([model(own).numpy()[own.query], truth[own.query]]))
        correlation.append(np.corrcoef(np.concatenate(pairs, axis=1))[0, 1])
    assert correlation[1] > correlation[0] + 0.05


def test_a_model_that_does_not_read_them_gets_a_square_graph() -> None:
    for name in ("prior-fitted", "gae-profile", "source-target-gcn"):
        data = data_for(load_model(name), table(), setting="transductive", numbers=[0])
        assert not data.bipartite
        assert data.episode(0, stage="fit").graph.affinity.shape == (SOURCES + TARGETS,) * 2
