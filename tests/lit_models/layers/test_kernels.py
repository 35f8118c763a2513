"""Kernels between tasks, by hand."""

from collections.abc import Callable
from math import exp

import pytest
import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.layers.kernels import rbf_kernel, task_kernels

EVERY = torch.ones(4, dtype=torch.bool)
# Distances 0, 1, 3 to the first; 1, 3 to the second, its equal; 2 from the third to the fourth.
POINTS = torch.tensor([[0.0], [0.0], [1.0], [3.0]], dtype=torch.float64)


def test_rbf_kernel_by_hand() -> None:
    """The median of 1, 1, 2, 3, 3 is 2: the distance 0 of the two equal points is left out."""
    kernel = rbf_kernel(POINTS, EVERY)
    near, far, middle = exp(-1 / 8), exp(-9 / 8), exp(-4 / 8)
    expected = [[1, 1, near, far], [1, 1, near, far], [near, near, 1, middle], [far, far, middle, 1]]
    torch.testing.assert_close(kernel, torch.tensor(expected, dtype=torch.float64))


def test_length_scale_is_that_of_known_tasks() -> None:
    known = torch.tensor([True, True, True, False])
    kernel = rbf_kernel(POINTS, known)
    assert kernel[0, 3].item() == pytest.approx(exp(-9 / 2))


@pytest.mark.parametrize(
    ("points", "known"),
    [(POINTS, ~EVERY), (POINTS, torch.tensor([True, True, False, False])), (POINTS[:, :0], EVERY)],
)
def test_length_scale_is_one_where_no_two_known_tasks_differ(points: Tensor, known: Tensor) -> None:
    expected = torch.exp(-((points - points.mT) ** 2) / 2) if points.numel() else torch.ones(4, 4).double()
    torch.testing.assert_close(rbf_kernel(points, known), expected)


def test_task_kernel_is_the_mean_over_profile_and_z(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(7, features=3)
    profile = torch.cat([graph.affinity, graph.affinity.mT], dim=1).double()
    every = torch.ones(7, dtype=torch.bool)
    of_profile, of_z = rbf_kernel(profile, every), rbf_kernel(graph.x.double(), every)
    torch.testing.assert_close(task_kernels(graph, profile=True)[0], (of_profile + of_z) / 2)
    torch.testing.assert_close(task_kernels(graph, profile=False)[0], of_z)
    without_z = graph._replace(x=graph.x[:, :0])
    torch.testing.assert_close(task_kernels(without_z, profile=True)[0], of_profile)


def test_a_task_with_entries_in_one_role_is_known(random_graph: Callable[..., TaskGraph]) -> None:
    """Task 0 is a source only and far from all others, task 6 has no entry at all and is farther still."""
    graph = random_graph(7, features=1)
    role = graph.observed.clone()
    role[:, [0, 6]], role[6] = False, False
    x = torch.tensor([[100.0], [0.0], [0.0], [0.0], [0.0], [0.0], [1e4]])
    graph = graph._replace(x=x, observed=role, affinity=graph.affinity * role)
    assert task_kernels(graph, profile=False)[0][0, 1].item() == pytest.approx(exp(-1 / 2))


@pytest.mark.parametrize("features", [0, 3])
def test_task_kernel_is_positive_semi_definite(random_graph: Callable[..., TaskGraph], features: int) -> None:
    kernel = task_kernels(random_graph(20, features=features), profile=True)[0]
    assert kernel.dtype == torch.float64
    assert torch.linalg.eigvalsh(kernel).min() > -1e-12
