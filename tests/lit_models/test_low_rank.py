"""Low-rank completion: matrices that it recovers by construction."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from datamodules.graph import TaskGraph, graph_of
from lit_models.additive import Additive
from lit_models.low_rank import ZSVD

SIZE = 30


def correlation(a: Tensor, b: Tensor) -> float:
    return torch.corrcoef(torch.stack([a, b]))[0, 1].item()


@pytest.mark.parametrize("seed", [1, 2])
def test_z_svd_recovers_rank_one_on_top_of_additive(
    additive_matrix: Tensor, seventy_percent: Tensor, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    left, right = torch.randn(2, SIZE, generator=generator, dtype=torch.float64)
    matrix = additive_matrix + left[:, None] * right
    graph = graph_of(matrix, seventy_percent)
    truth = matrix[graph.query]
    # The additive part is fitted first, alone and to some entries only: its residual is of rank 3, not 1.
    recovered = ZSVD(SIZE, 0, rank=3, shrinkage=0.1, ridge=1e-9)(graph)[graph.query]
    assert correlation(recovered, truth) > 0.999
    additive = Additive(SIZE, 0, ridge=1e-9)(graph)[graph.query]
    assert correlation(additive, truth) < 0.9


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_z_svd_adds_at_most_its_rank(random_graph: Callable[..., TaskGraph], rank: int) -> None:
    graph = random_graph(SIZE)
    low_rank = ZSVD(SIZE, 0, rank=rank)(graph) - Additive(SIZE, 0)(graph)
    assert torch.linalg.matrix_rank(low_rank.double(), rtol=1e-5) == rank


def test_z_svd_shrinks_down_to_the_additive_model(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(SIZE)
    shrunk = ZSVD(SIZE, 0, shrinkage=1e6)(graph)
    assert torch.equal(shrunk, Additive(SIZE, 0)(graph))


def test_steps_of_subspace_iteration_end_where_complete_decompositions_do(
    additive_matrix: Tensor, seventy_percent: Tensor
) -> None:
    """Soft-Impute as in the paper, with a singular value decomposition in every round."""
    generator = torch.Generator().manual_seed(0)
    left, right = torch.randn(2, SIZE, 3, generator=generator, dtype=torch.float64)
    noise = torch.randn(SIZE, SIZE, generator=generator, dtype=torch.float64)
    graph = graph_of(additive_matrix + left @ right.mT + 0.5 * noise, seventy_percent)
    additive = Additive(SIZE, 0)(graph)
    low_rank = torch.zeros_like(additive)
    for _ in range(100):
        filled = torch.where(graph.observed, graph.affinity - additive, low_rank)
        u, singular, vh = torch.linalg.svd(filled)
        low_rank = u[:, :3] * (singular[:3] - 0.5).clamp(min=0) @ vh[:3]
    torch.testing.assert_close(ZSVD(SIZE, 0, rank=3)(graph), additive + low_rank, atol=1e-4, rtol=0)


def test_factors_of_one_task_are_of_no_use_to_a_new_one() -> None:
    assert ZSVD(8, 0).settings == {"transductive"}
