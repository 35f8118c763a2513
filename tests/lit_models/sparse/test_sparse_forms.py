"""A sparse form scores as its model does on the matrix, with the same weights, forwards and backwards."""

import numpy as np
import pytest
import torch
from torch import Tensor

from datamodules.graph import TaskGraph, graph_of
from datamodules.sparse.datamodule import SparseDataModule
from datamodules.sparse.graph import SparseGraph
from lit_models.registry import load_model, model_factory
from lit_models.sparse.registry import build_sparse_model

CLOSED = ["source-mean", "target-mean", "additive"]
TRAINED = ["pmf", "gravity-dir", "gravity-profile", "gravity-target-mass-dir", "source-target-dir",
           "source-target-profile", "source-target-vgae-dir"]  # fmt: skip


def as_matrix(graph: SparseGraph) -> TaskGraph:
    affinity = torch.zeros(graph.num_tasks, graph.num_tasks)
    affinity[graph.source, graph.target] = graph.value * graph.shown
    observed = torch.zeros_like(affinity, dtype=torch.bool)
    observed[graph.source, graph.target] = graph.shown > 0
    return graph_of(affinity, observed)._replace(key=graph.key)


def all_scores(name: str, graph: SparseGraph) -> tuple[Tensor, Tensor]:
    """[N, N] twice: of the sparse form and of the model of matrices."""
    torch.manual_seed(0)
    sparse = build_sparse_model(load_model(name), num_tasks=graph.num_tasks).eval()
    torch.manual_seed(0)
    dense = model_factory(load_model(name))(graph.num_tasks, 0).eval()
    vectors = sparse.encode(graph)
    tasks = torch.arange(graph.num_tasks)
    source, target = torch.cartesian_prod(tasks, tasks).T
    scores = sparse.decode(vectors[source], vectors[target])
    return scores.reshape(graph.num_tasks, -1), dense(as_matrix(graph))


@pytest.mark.parametrize("name", CLOSED + TRAINED)
def test_scores_are_those_of_the_matrix(name: str, data: SparseDataModule) -> None:
    sparse, dense = all_scores(name, data.graph)
    assert sparse.std() > 0
    # The alternation of the additive model has not quite converged.
    torch.testing.assert_close(sparse, dense, rtol=1e-4, atol=2e-3 if name == "additive" else 1e-4)


@pytest.mark.parametrize("name", TRAINED[1:])
def test_gradients_are_those_of_the_matrix(name: str, data: SparseDataModule) -> None:
    gradients = []
    for sparse in (True, False):
        torch.manual_seed(0)
        config, tasks = load_model(name), data.graph.num_tasks
        if sparse:
            form = build_sparse_model(config, num_tasks=tasks).eval()
            vectors = form.encode(data.graph)
            scores = form.decode(vectors[data.graph.source], vectors[data.graph.target])
            parameters = list(form.parameters())
        else:
            model = model_factory(config)(tasks, 0).eval()
            scores = model(as_matrix(data.graph))[data.graph.source, data.graph.target]
            parameters = list(model.parameters())
        (scores - data.graph.value).square().mean().backward()
        gradients.append([weight.grad for weight in parameters])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_hidden_cells_do_not_speak_and_the_others_make_up_for_them(data: SparseDataModule) -> None:
    hidden = torch.tensor([0, 3, 8])
    graph = data.graph.without(hidden)
    count = len(graph.value)
    assert graph.shown[hidden].tolist() == [0.0, 0.0, 0.0]
    assert graph.shown.sum() == pytest.approx(count, rel=1e-5)
    changed = graph._replace(value=graph.value.index_fill(0, hidden, 9.0))
    torch.manual_seed(0)
    form = build_sparse_model(load_model("gravity-dir"), num_tasks=graph.num_tasks).eval()
    torch.testing.assert_close(form.encode(changed), form.encode(graph), rtol=0, atol=0)
    assert not torch.equal(form.encode(graph), form.encode(data.graph))


def test_means_and_effects_by_hand() -> None:
    """Two sources, two targets; with ridge 1 the effects solve 4 equations."""
    graph = SparseGraph(
        num_tasks=4,
        source=torch.tensor([0, 1, 0]),
        target=torch.tensor([2, 2, 3]),
        value=torch.tensor([3.0, 1.0, 6.0]),
        shown=torch.ones(3),
        key=torch.tensor(0),
    )
    means = build_sparse_model(load_model("source-mean"), num_tasks=4).encode(graph)
    assert means[:, 0].tolist() == [4.5, 1.0, 0.0, 0.0]
    effects = build_sparse_model(load_model("additive"), num_tasks=4).encode(graph)
    # 3 a0 + b2 + b3 = 9, 2 a1 + b2 = 1, 3 b2 + a0 + a1 = 4, 2 b3 + a0 = 6
    system = np.array([[3, 0, 1, 1], [0, 2, 1, 0], [1, 1, 3, 0], [1, 0, 0, 2]])
    solved = np.linalg.solve(system, [9, 1, 4, 6])
    np.testing.assert_allclose(effects[:2, 0], solved[:2], rtol=1e-5)
    np.testing.assert_allclose(effects[2:, 1], solved[2:], rtol=1e-5)
    assert effects[2:, 0].tolist() == [0.0, 0.0]
