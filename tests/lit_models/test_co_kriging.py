"""Co-kriging: parity with a Gaussian process on all pairs, and slopes that fit the cheap matrix's worth."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.co_kriging import CoKriging
from lit_models.kernel_ridge import KernelRidge
from lit_models.layers.kernels import rbf_kernel, task_kernels
from lit_models.zero_transfer import ZeroTransfer


@pytest.fixture
def graph(random_graph: Callable[..., TaskGraph]) -> TaskGraph:
    """9 tasks with a cheap matrix that is drawn apart from the affinities."""
    plain = random_graph(9)
    cheap = torch.randn(9, 9, generator=torch.Generator().manual_seed(1))
    return plain._replace(affinity=plain.affinity.double(), edge_attr=cheap[..., None])


def test_scores_are_those_of_a_process_with_a_random_slope(graph: TaskGraph) -> None:
    """A slope drawn from N(½, ¼²) adds ¼² m mᵀ to the covariance and ½ m to the mean, m the cheap matrix."""
    cheap = ZeroTransfer(9, 0)(graph).double()
    known = torch.ones(9, dtype=torch.bool)
    kernel = (task_kernels(graph, profile=True)[0] + rbf_kernel(torch.cat([cheap, cheap.mT], -1), known)) / 2
    observed = graph.observed
    shift = (cheap * observed).sum(0) / observed.sum(0).clamp(min=1)
    mean = (cheap - shift).flatten().numpy()
    seen = observed.flatten().numpy()
    covariance = np.kron(kernel.numpy(), kernel.numpy()) + 0.25**2 * np.outer(mean, mean)
    value = graph.affinity.flatten().numpy()[seen] - 0.5 * mean[seen]
    weights = np.linalg.solve(covariance[np.ix_(seen, seen)] + 0.1 * np.eye(seen.sum()), value)
    expected = 0.5 * mean + covariance[:, seen] @ weights
    np.testing.assert_allclose(CoKriging(9, 0)(graph), expected.reshape(9, 9), atol=1e-6)


def test_a_cheap_matrix_that_says_nothing_is_kernel_ridge(graph: TaskGraph) -> None:
    constant = graph._replace(edge_attr=torch.full((9, 9, 1), 3.0))
    cheap = ZeroTransfer(9, 0)(constant)
    assert not cheap.any()
    kernel = (task_kernels(graph, profile=True)[0] + 1.0) / 2  # equal rows and columns are alike
    observed = graph.observed.flatten().numpy()
    pairs = np.kron(kernel.numpy(), kernel.numpy())
    value = graph.affinity.flatten().numpy()[observed]
    weights = np.linalg.solve(pairs[np.ix_(observed, observed)] + 0.1 * np.eye(observed.sum()), value)
    np.testing.assert_allclose(
        CoKriging(9, 0)(constant), (pairs[:, observed] @ weights).reshape(9, 9), atol=1e-6
    )


def test_a_good_cheap_matrix_orders_what_was_never_measured(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(25)
    truth = torch.randn(25, 25, generator=torch.Generator().manual_seed(2))
    few = graph._replace(affinity=truth * graph.observed, edge_attr=truth[..., None] * 10.0 + 3.0)
    hidden = ~(graph.observed | torch.eye(25, dtype=torch.bool))

    def agreement(scores: torch.Tensor) -> float:
        return float(torch.corrcoef(torch.stack([scores[hidden], truth[hidden]]))[0, 1])

    assert agreement(CoKriging(25, 0)(few)) > 0.9
    assert agreement(KernelRidge(25, 0)(few._replace(edge_attr=few.edge_attr[..., :0]))) < 0.3


def test_it_needs_a_cheap_matrix() -> None:
    with pytest.raises(UserError, match="pair feature"):
        CoKriging(9, 0).use_pair_features(0)
