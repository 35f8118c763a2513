"""Kernel ridge regression: parity with scikit-learn on the kernel of all pairs, and what it is not told."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.kernel_ridge import KernelRidge as Reference
from torch.func import vmap

from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.kernel_ridge import ITERATIONS, KernelRidge
from lit_models.layers.kernels import task_kernels
from lit_models.layers.kronecker import kronecker_solve
from lit_models.layers.pair_kernel import pair_kernel_root


@pytest.mark.parametrize("ridge", [0.01, 0.1, 10.0])
@pytest.mark.parametrize(("profile", "features"), [(True, 0), (True, 3), (False, 3)])
def test_scores_are_those_of_scikit_learn_on_all_pairs(
    random_graph: Callable[..., TaskGraph], ridge: float, profile: bool, features: int
) -> None:
    graph = random_graph(9, features=features)
    graph = graph._replace(affinity=graph.affinity.double())
    kernel = task_kernels(graph, profile=profile)[0].numpy()
    pairs, observed = np.kron(kernel, kernel), graph.observed.flatten().numpy()
    reference = Reference(alpha=ridge, kernel="precomputed")
    reference.fit(pairs[np.ix_(observed, observed)], graph.affinity.flatten().numpy()[observed])
    expected = reference.predict(pairs[:, observed]).reshape(9, 9)
    scores = KernelRidge(9, features, profile=profile, ridge=ridge)(graph)
    np.testing.assert_allclose(scores, expected, atol=1e-9)


def test_one_observed_entry_by_hand() -> None:
    """Every kernel value is 1 but where tasks differ; one entry of 3 with λ = 1/2 has α = 3 / 1.5 = 2."""
    kernel = torch.tensor([[1.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
    value = torch.tensor([[0.0, 3.0], [0.0, 0.0]], dtype=torch.float64)
    alpha = kronecker_solve(kernel, kernel, value, (value > 0).double(), ridge=0.5, steps=ITERATIONS)
    assert alpha.tolist() == [[0.0, 2.0], [0.0, 0.0]]
    assert (kernel @ alpha @ kernel).tolist() == [[1.0, 2.0], [0.5, 1.0]]


def test_a_hundred_tasks_are_solved_within_the_iterations(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(100)
    kernel = task_kernels(graph, profile=True)[0]
    value, observed = graph.affinity.double(), graph.observed.double()
    alpha = kronecker_solve(kernel, kernel, value, observed, ridge=0.1, steps=ITERATIONS)
    left_over = observed * (kernel @ alpha @ kernel) + 0.1 * alpha - value
    assert left_over.abs().max() < 1e-9
    assert not (alpha * (1.0 - observed)).any()


def test_nothing_observed_is_scored_zero(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    nothing = graph._replace(affinity=graph.affinity * 0, observed=graph.observed & False)
    assert not KernelRidge(6, 0)(nothing).any()


def test_scores_follow_the_dtype_of_the_graph(random_graph: Callable[..., TaskGraph]) -> None:
    assert KernelRidge(6, 0)(random_graph(6)).dtype == torch.float32


def test_graphs_are_batched_by_vmap(random_graph: Callable[..., TaskGraph]) -> None:
    graphs = [random_graph(8, features=2, seed=seed) for seed in (0, 1)]
    batch = TaskGraph(*(torch.stack(fields) for fields in zip(*graphs, strict=True)))
    model = KernelRidge(8, 2)
    torch.testing.assert_close(vmap(model)(batch), torch.stack([model(graph) for graph in graphs]))


def test_tasks_of_equal_metadata_are_the_same_to_a_model_of_metadata_alone(
    random_graph: Callable[..., TaskGraph],
) -> None:
    graph = random_graph(6, features=2)
    graph = graph._replace(x=graph.x[[0, 0, 2, 3, 4, 5]])
    scores = KernelRidge(6, 2, profile=False)(graph)
    torch.testing.assert_close(scores[0], scores[1])
    torch.testing.assert_close(scores[:, 0], scores[:, 1])
    assert not torch.allclose(scores[0], scores[2])


def test_new_tasks_are_ranked_by_metadata_alone() -> None:
    assert KernelRidge(6, 2).settings == {"transductive"}
    assert KernelRidge(6, 2, profile=False).settings == {"transductive", "inductive"}
    with pytest.raises(UserError, match="needs task embeddings"):
        KernelRidge(6, 0, profile=False)


@pytest.mark.parametrize("features", [0, 3])
def test_a_kernel_on_pairs_is_added(random_graph: Callable[..., TaskGraph], features: int) -> None:
    """Against the dense system over all observed transfers."""
    graph = random_graph(7, features=features)._replace(edge_attr=torch.randn(7, 7, 2))
    task, root = task_kernels(graph, profile=True)[0], pair_kernel_root(graph.edge_attr).flatten(1)
    whole = torch.kron(task, task) + root.T @ root
    seen = graph.observed.flatten()
    alpha = torch.linalg.solve(
        whole[seen][:, seen] + 0.1 * torch.eye(int(seen.sum())), graph.affinity.double().flatten()[seen]
    )
    expected = (whole[:, seen] @ alpha).reshape(7, 7)
    torch.testing.assert_close(KernelRidge(7, features)(graph).double(), expected, rtol=1e-4, atol=1e-5)
