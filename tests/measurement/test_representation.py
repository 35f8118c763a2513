"""Linear CKA: by hand, and what it does not depend on."""

import pytest
import torch
from torch import nn

from measurement.representation import encoder_similarity, linear_cka, shared_inputs


def features(*, seed: int, width: int = 4) -> torch.Tensor:
    return torch.randn(30, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_cka_by_hand() -> None:
    """Centred: x = (−1, 0, 1), y = (0, −1, 1): (xᵀy)² / (|x|² |y|²) = 1 / 4."""
    x, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[5.0], [4.0], [6.0]])
    assert linear_cka(x, y) == pytest.approx(0.25)


def test_cka_does_not_change_by_rotation_scale_and_shift() -> None:
    x, y = features(seed=0), features(seed=1, width=7)
    rotation = torch.linalg.qr(features(seed=2)[:4])[0]
    expected = linear_cka(x, y)
    assert 0.0 < expected < 1.0
    assert linear_cka(3.0 * x @ rotation + 5.0, -0.2 * y) == pytest.approx(expected)
    assert linear_cka(x, x @ rotation) == pytest.approx(1.0)
    assert linear_cka(y, x) == pytest.approx(expected)


def test_cka_changes_by_stretching_one_direction() -> None:
    x = features(seed=0)
    assert linear_cka(x, x * torch.tensor([9.0, 1.0, 1.0, 1.0])) < 0.99


def test_a_constant_representation_is_like_none() -> None:
    assert linear_cka(features(seed=0), torch.ones(30, 2)) == 0.0


def test_encoders_are_compared_on_the_same_inputs() -> None:
    def linear(weight: list[list[float]]) -> nn.Module:
        layer = nn.Linear(2, len(weight), bias=False)
        layer.weight.data = torch.tensor(weight)
        return layer.eval()

    same = [linear([[1.0, 0.0], [0.0, 1.0]]), linear([[0.0, 2.0], [2.0, 0.0]])]
    inputs = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    similarity = encoder_similarity([*same, linear([[1.0, 0.0]])], inputs)
    assert similarity.shape == (3, 3)
    assert torch.equal(similarity, similarity.T)
    assert similarity[0, 1].item() == pytest.approx(1.0)
    assert similarity[0, 2].item() == pytest.approx(linear_cka(inputs, inputs[:, :1]), abs=1e-6)


def test_every_task_gives_as_many_inputs() -> None:
    inputs = (torch.full((300, 1), float(task)) for task in range(3))
    shared = shared_inputs(inputs, tasks=3)
    assert [int((shared == task).sum()) for task in range(3)] == [171, 171, 171]
