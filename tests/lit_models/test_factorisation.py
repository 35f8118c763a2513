"""Matrix factorisation: scores by hand, and a matrix that it learns."""

import torch
from torch import Tensor

from datamodules.graph import graph_of
from lit_models.factorisation import MatrixFactorisation


def test_scores_by_hand() -> None:
    model = MatrixFactorisation(2, 0, dim=2)
    model.load_state_dict(
        {
            "source": torch.tensor([[1.0, 2.0], [0.0, -1.0]]),
            "target": torch.tensor([[3.0, 1.0], [1.0, 1.0]]),
            "source_bias": torch.tensor([10.0, 20.0]),
            "target_bias": torch.tensor([100.0, 200.0]),
        }
    )
    graph = graph_of(torch.zeros(2, 2), torch.zeros(2, 2, dtype=torch.bool))
    assert model(graph).tolist() == [[115.0, 213.0], [119.0, 219.0]]


def test_training_recovers_rank_one_on_top_of_additive(
    additive_matrix: Tensor, seventy_percent: Tensor
) -> None:
    generator = torch.Generator().manual_seed(0)
    left, right = torch.randn(2, 30, generator=generator)
    matrix = additive_matrix.float() + left[:, None] * right
    graph = graph_of(matrix, seventy_percent)
    torch.manual_seed(0)
    model = MatrixFactorisation(30, 0, dim=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(500):
        optimizer.zero_grad()
        model.loss(graph, model(graph)).backward()
        optimizer.step()
    error = (model(graph) - matrix)[graph.query]
    assert error.square().mean() < 1e-3 * matrix[graph.query].var()


def test_a_new_task_has_no_latent_vector() -> None:
    assert MatrixFactorisation(8, 3).settings == {"transductive"}
