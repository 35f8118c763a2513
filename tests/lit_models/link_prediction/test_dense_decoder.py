"""The loss in blocks of rows is the plain one: value and gradient."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from lit_models.autoencoder import Autoencoder
from lit_models.gae import GAE, VGAE
from lit_models.gravity import GravityGAE, GravityVGAE
from lit_models.link_prediction import dense_decoder
from lit_models.link_prediction.dense_decoder import (
    all_pairs_cross_entropy,
    gravity_sum,
    inner_product_sum,
    source_target_sum,
)
from lit_models.source_target import SourceTargetGAE, SourceTargetVGAE

KINDS = [GAE, VGAE, SourceTargetGAE, SourceTargetVGAE, GravityGAE, GravityVGAE]
SUMS: list[Callable[[Tensor], Tensor]] = [
    inner_product_sum,
    source_target_sum,
    lambda z: gravity_sum(z, distance_weight=1.0, softening=0.01),
    lambda z: gravity_sum(z, distance_weight=0.05, softening=0.01),
]


def points(size: int, width: int, *, scale: float = 1.0) -> Tensor:
    drawn = torch.randn(size, width, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return (scale * drawn).requires_grad_()


def loss_and_gradient(model: Autoencoder, z: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
    loss = all_pairs_cross_entropy(model, z, edges, edge_weight=37.0)
    return loss.detach(), torch.autograd.grad(loss, z)[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
def test_blocks_agree_with_one_tensor(
    kind: type[Autoencoder], scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 nodes are two whole blocks and a part of one."""
    model = kind(300, 0, encoder="gcn", dim=6)
    z = points(300, model.vector_size(6), scale=scale)
    edges = torch.randint(300, (900, 2), generator=torch.Generator().manual_seed(1)).unique(dim=0)
    plain = loss_and_gradient(model, z, edges)
    monkeypatch.setattr(dense_decoder, "BLOCKWISE_FROM_NODES", 1)
    blocks = loss_and_gradient(model, z, edges)
    torch.testing.assert_close(blocks[0], plain[0], rtol=1e-9, atol=0)
    torch.testing.assert_close(blocks[1], plain[1], rtol=1e-6, atol=1e-12)
    assert blocks[1].abs().max() > 0


@pytest.mark.parametrize("total", SUMS)
def test_gradients_by_finite_differences(total: Callable[[Tensor], Tensor]) -> None:
    assert torch.autograd.gradcheck(total, points(7, 4))


def test_size_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    model = GAE(20, 0, encoder="gcn", dim=4)
    seen: list[int] = []
    monkeypatch.setattr(model, "decode", lambda z: seen.append(len(z)) or z @ z.mT)
    z, edges = points(20, 4), torch.tensor([[0, 1]])
    all_pairs_cross_entropy(model, z, edges, edge_weight=2.0)
    assert seen == [20]
    monkeypatch.setattr(dense_decoder, "BLOCKWISE_FROM_NODES", 20)
    all_pairs_cross_entropy(model, z, edges, edge_weight=2.0)
    assert 20 not in seen[1:]
