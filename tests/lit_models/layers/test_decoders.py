"""Decoders: three tasks by hand, parity with torch and torch-geometric, and gradients where it is tight."""

import pytest
import torch
from torch import Tensor
from torch_geometric.nn import InnerProductDecoder

from lit_models.layers.decoders import Mass, gravity, inner_product, source_target

LOG = {distance: torch.tensor(distance + 0.5).log().item() for distance in (0.0, 1.0, 4.0, 5.0)}


@pytest.fixture
def z() -> Tensor:
    return torch.randn(7, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_inner_product_by_hand() -> None:
    z = torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.0]])
    expected = torch.tensor([[5.0, -2.0, 3.0], [-2.0, 1.0, 0.0], [3.0, 0.0, 9.0]])
    assert torch.equal(inner_product(z), expected)


def test_source_target_by_hand() -> None:
    source = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    target = torch.tensor([[3.0, 0.0], [0.0, 5.0], [7.0, -1.0]])
    expected = torch.tensor([[3.0, 0.0, 7.0], [0.0, 10.0, -2.0], [3.0, 5.0, 6.0]])
    assert torch.equal(source_target(torch.cat([source, target], dim=1)), expected)


def test_gravity_by_hand() -> None:
    """Squared distances 1 (0–1), 4 (0–2), 5 (1–2); masses 10, 20, 30; λ = 2, ε = 0.5."""
    z = torch.tensor([[0.0, 0.0, 10.0], [1.0, 0.0, 20.0], [0.0, 2.0, 30.0]])
    logs = torch.tensor([[LOG[0], LOG[1], LOG[4]], [LOG[1], LOG[0], LOG[5]], [LOG[4], LOG[5], LOG[0]]])
    source = torch.tensor([[10.0] * 3, [20.0] * 3, [30.0] * 3])
    expected = {"source": source - 2 * logs, "target": source.T - 2 * logs}
    for mass, scores in expected.items():
        torch.testing.assert_close(gravity(z, mass=mass, distance_weight=2.0, softening=0.5), scores)


@pytest.mark.parametrize("mass", ["source", "target"])
def test_gravity_is_mass_less_log_of_torch_cdist(z: Tensor, mass: Mass) -> None:
    position, masses = z[:, :-1], z[:, -1]
    attraction = masses[:, None] if mass == "source" else masses[None, :]
    expected = attraction - 0.7 * torch.log(torch.cdist(position, position) ** 2 + 0.1)
    torch.testing.assert_close(gravity(z, mass=mass, distance_weight=0.7, softening=0.1), expected)


@pytest.mark.parametrize(("mass", "heavier"), [("source", 0), ("target", 1)])
def test_a_heavier_task_lifts_its_row_as_source_and_its_column_as_target(
    z: Tensor, mass: Mass, heavier: int
) -> None:
    heavy = z.clone()
    heavy[2, -1] += 1.0
    lifted = gravity(heavy, mass=mass, distance_weight=1.0, softening=0.1)
    lifted = lifted - gravity(z, mass=mass, distance_weight=1.0, softening=0.1)
    expected = torch.zeros(7, 7, dtype=torch.float64)
    expected.select(heavier, 2).fill_(1.0)
    torch.testing.assert_close(lifted, expected)


def test_target_mass_never_changes_the_order_of_sources(z: Tensor) -> None:
    light = z.clone()
    light[:, -1] = 0.0
    ranks = [
        gravity(each, mass="target", distance_weight=1.0, softening=0.1).argsort(0) for each in (z, light)
    ]
    assert torch.equal(*ranks)


def test_inner_product_equals_torch_geometrics(z: Tensor) -> None:
    torch.testing.assert_close(inner_product(z), InnerProductDecoder().forward_all(z, sigmoid=False))


def test_gravity_has_a_finite_gradient_where_positions_coincide() -> None:
    z = torch.tensor([[0.3, -1.7, 1.0], [0.3, -1.7, 2.0], [2.0, 0.0, 3.0]], requires_grad=True)
    scores = gravity(z, mass="source", distance_weight=1.0, softening=0.1)
    (gradient,) = torch.autograd.grad(scores.square().sum(), z)
    assert torch.isfinite(gradient).all()
    assert gradient.any()


@pytest.mark.parametrize("decode", [inner_product, source_target])
def test_decoders_take_batches_as_they_take_one(decode: object, z: Tensor) -> None:
    assert callable(decode)
    batch = torch.stack([z, 2 * z])[..., :4]
    torch.testing.assert_close(decode(batch), torch.stack([decode(each) for each in batch]))
