"""Kronecker systems with entries that are not observed, against dense linear algebra."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.func import vmap

from lit_models.layers.kronecker import kronecker_solve

SIZE = 9
RIDGE = 0.2


def covariances(seed: int = 0) -> tuple[Tensor, Tensor]:
    """Of full rank and of rank 3, with a constant that makes one eigenvalue large."""
    draw = torch.randn(SIZE, SIZE, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return draw @ draw.mT / SIZE + 5.0, draw[:, :3] @ draw[:, :3].mT + 5.0


def dense_solution(source: Tensor, target: Tensor, value: Tensor, observed: Tensor) -> Tensor:
    """(K_oo + λI)⁻¹ y_o by Gaussian elimination, 0 elsewhere."""
    seen = observed.flatten().bool()
    system = torch.kron(source, target)[seen][:, seen] + RIDGE * torch.eye(int(seen.sum())).double()
    alpha = torch.zeros(SIZE * SIZE, dtype=torch.float64)
    alpha[seen] = torch.linalg.solve(system, value.flatten()[seen])
    return alpha.reshape(SIZE, SIZE)


def random_observed(share: float) -> Tensor:
    drawn = torch.rand(SIZE, SIZE, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return (drawn < share).double()


@pytest.mark.parametrize(("share", "steps"), [(1.0, 1), (0.67, 20), (0.33, 40), (0.1, 60)])
def test_solution_is_that_of_the_dense_system(share: float, steps: int) -> None:
    source, target = covariances()
    observed = random_observed(share)
    value = observed * torch.linspace(-1, 2, SIZE * SIZE, dtype=torch.float64).reshape(SIZE, SIZE)
    alpha = kronecker_solve(source, target, value, observed, ridge=RIDGE, steps=steps)
    expected = dense_solution(source, target, value, observed)
    np.testing.assert_allclose(alpha, expected, atol=1e-7 * float(expected.abs().max()))


def test_tasks_without_entries_do_not_take_part() -> None:
    """A complete block needs no step at all, whatever else the table has: an inductive or bipartite one."""
    source, target = covariances()
    observed = torch.zeros(SIZE, SIZE, dtype=torch.float64)
    observed[2:6, 4:] = 1.0
    value = observed * torch.arange(SIZE, dtype=torch.float64)
    alpha = kronecker_solve(source, target, value, observed, ridge=RIDGE, steps=0)
    np.testing.assert_allclose(alpha, dense_solution(source, target, value, observed), atol=1e-10)


def test_a_batch_of_systems_is_solved_one_by_one() -> None:
    source, target = covariances()
    observed = torch.stack([random_observed(0.67), random_observed(0.5)])
    value = observed * torch.linspace(-1, 2, SIZE, dtype=torch.float64)

    def solve(value: Tensor, observed: Tensor) -> Tensor:
        return kronecker_solve(source, target, value, observed, ridge=RIDGE, steps=30)

    alone = torch.stack([solve(*each) for each in zip(value, observed, strict=True)])
    np.testing.assert_allclose(vmap(solve)(value, observed), alone, atol=1e-12)
