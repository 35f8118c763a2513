"""The matrix-normal process: its posterior mean and its rounds of EM against dense linear algebra."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from datamodules.graph import TaskGraph
from lit_models import matrix_normal
from lit_models.layers.kronecker import kronecker_solve
from lit_models.layers.pair_kernel import pair_kernel_root
from lit_models.matrix_normal import MatrixNormal

SIZE = 6


def covariances(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    draw = torch.randn(2, SIZE, SIZE, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    source, target = draw @ draw.mT / SIZE + torch.eye(SIZE, dtype=torch.float64)
    return source, target


def dense_posterior(
    source: np.ndarray, target: np.ndarray, graph: TaskGraph, *, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of vec F (row by row) given the observed entries, by the textbook formula."""
    prior = np.kron(source, target)
    seen = graph.observed.flatten().numpy()
    gain = prior[:, seen] @ np.linalg.inv(prior[np.ix_(seen, seen)] + noise * np.eye(seen.sum()))
    return gain @ graph.affinity.double().flatten().numpy()[seen], prior - gain @ prior[seen]


def test_solution_against_the_dense_system(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(SIZE)
    source, target = covariances()
    alpha = kronecker_solve(
        source, target, graph.affinity.double(), graph.observed.double(), ridge=0.2, steps=60
    )
    mean = dense_posterior(source.numpy(), target.numpy(), graph, noise=0.2)[0]
    np.testing.assert_allclose((source @ alpha @ target).flatten(), mean, atol=1e-9)


def test_without_rounds_it_is_the_gaussian_process_of_its_prior(
    random_graph: Callable[..., TaskGraph],
) -> None:
    graph = random_graph(SIZE, features=2)
    model = MatrixNormal(SIZE, 2, rounds=0, noise=0.3)
    prior = model.prior(graph.x.double()).numpy()
    mean = dense_posterior(prior, prior, graph, noise=0.3)[0]
    np.testing.assert_allclose(model(graph).flatten(), mean, atol=1e-5)


def test_a_gaussian_process_on_pairs_is_added(random_graph: Callable[..., TaskGraph]) -> None:
    edge_attr = torch.randn(SIZE, SIZE, 2, generator=torch.Generator().manual_seed(0))
    graph = random_graph(SIZE, features=2)._replace(edge_attr=edge_attr)
    model = MatrixNormal(SIZE, 2, rounds=0, noise=0.3)
    prior, root = model.prior(graph.x.double()), pair_kernel_root(edge_attr).flatten(1)
    whole, seen = torch.kron(prior, prior) + root.mT @ root, graph.observed.flatten()
    noisy = whole[seen][:, seen] + 0.3 * torch.eye(int(seen.sum()))
    expected = whole[:, seen] @ torch.linalg.solve(noisy, graph.affinity.double().flatten()[seen])
    torch.testing.assert_close(model(graph).double().flatten(), expected, rtol=1e-4, atol=1e-5)


def test_one_round_moves_both_covariances_as_exact_expectations_do(
    random_graph: Callable[..., TaskGraph], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many probes; the M-step's moment is E[F T⁻¹ Fᵀ] / N by the posterior's dense covariance."""
    monkeypatch.setattr(matrix_normal, "PROBES", 4000)
    monkeypatch.setattr(matrix_normal, "ROWS_OF_PROBES", 4000 * SIZE)
    graph = random_graph(SIZE)
    model = MatrixNormal(SIZE, 0, rounds=1, noise=0.3, strength=2.0)
    prior = model.prior(graph.x.double()).numpy()
    mean, covariance = dense_posterior(prior, prior, graph, noise=0.3)
    second = (np.outer(mean, mean) + covariance).reshape(SIZE, SIZE, SIZE, SIZE)  # E[F_it F_ju]
    inverse = np.linalg.inv(prior)
    source = (2 * prior + np.einsum("itju,tu->ij", second, inverse) / SIZE) / 3
    target = (2 * prior + np.einsum("itju,ij->tu", second, inverse) / SIZE) / 3
    target /= target.diagonal().mean()
    expected = dense_posterior(source, target, graph, noise=0.3)[0]
    np.testing.assert_allclose(model(graph).flatten(), expected, atol=0.02)
    before = dense_posterior(prior, prior, graph, noise=0.3)[0]
    assert np.abs(expected - before).max() > 0.1


def test_prior_by_hand(random_graph: Callable[..., TaskGraph]) -> None:
    """Cosines of (1, 0), (3, 0) and (0, 2) at half weight, and a constant of 0.2."""
    graph = random_graph(3)._replace(x=torch.tensor([[1.0, 0.0], [3.0, 0.0], [0.0, 2.0]]))
    prior = MatrixNormal(3, 2, of_z=0.5, common=0.2).prior(graph.x.double())
    expected = [[1.0, 0.6, 0.2], [0.6, 1.0, 0.2], [0.2, 0.2, 1.0]]
    np.testing.assert_allclose(prior, expected, atol=1e-12)


def test_a_new_task_is_ranked_by_its_relatives(random_graph: Callable[..., TaskGraph]) -> None:
    """Tasks 0 and 5 have one Z; 5 is unobserved and must transfer to the others as 0 does."""
    z = torch.eye(5)[[0, 1, 2, 3, 4, 0]]
    graph = random_graph(SIZE)
    known = graph.observed.clone()
    known[5], known[:, 5] = False, False
    graph = graph._replace(x=z, observed=known, affinity=graph.affinity * known)
    scores = MatrixNormal(SIZE, 5)(graph)
    assert np.corrcoef(scores[5, 1:5], scores[0, 1:5])[0, 1] > 0.9


def test_dtype_of_the_graph_is_kept(random_graph: Callable[..., TaskGraph]) -> None:
    assert MatrixNormal(SIZE, 0)(random_graph(SIZE)).dtype == torch.float32
