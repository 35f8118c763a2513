"""Several heads on one encoder: each is its decoder, and their scores add up."""

from collections.abc import Callable, Sequence

import pytest
import torch

from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.layers.decoders import inner_product, source_target
from lit_models.multihead import Head, MultiHeadGAE

SIZE, DIM = 6, 3
HEADS: list[Head] = ["source-target", "gravity", "gravity-two-places", "symmetric", "source-mass"]
SIZES = dict(zip(HEADS, (6, 3, 6, 3, 1), strict=True))


def made(heads: Sequence[Head]) -> MultiHeadGAE:
    torch.manual_seed(0)
    return MultiHeadGAE(SIZE, 0, heads=heads, dim=DIM, width=5)


def vectors(width: int) -> torch.Tensor:
    return torch.randn(SIZE, width, generator=torch.Generator().manual_seed(1))


def by_hand(head: Head, z: torch.Tensor) -> torch.Tensor:
    if head == "source-mass":
        return z.expand(SIZE, SIZE)
    if head in ("source-target", "symmetric"):
        return source_target(z) if head == "source-target" else inner_product(z)
    here, there = z.chunk(2, dim=-1) if head == "gravity-two-places" else (z, z)
    return -torch.log(torch.cdist(here, there) ** 2 + 0.1)


@pytest.mark.parametrize("head", HEADS)
def test_one_head_is_its_decoder(head: Head) -> None:
    z = vectors(SIZES[head])
    torch.testing.assert_close(made([head]).decode(z), by_hand(head, z), atol=1e-4, rtol=1e-4)


def test_heads_and_constant_add_up(random_graph: Callable[..., TaskGraph]) -> None:
    model = made(HEADS)
    torch.nn.init.constant_(model.constant, 7.0)
    z = model.encode(random_graph(SIZE))
    assert z.shape == (SIZE, sum(SIZES.values()))
    parts = z.split(list(SIZES.values()), dim=-1)
    expected = 7.0 + torch.stack([by_hand(head, part) for head, part in zip(HEADS, parts, strict=True)]).sum(
        0
    )
    torch.testing.assert_close(model.decode(z), expected, atol=1e-4, rtol=1e-4)


def test_each_gravity_has_a_weight_of_its_own() -> None:
    model = made(["gravity", "gravity-two-places"])
    z = vectors(9)
    torch.nn.init.constant_(model.distance_weight, 0.0)
    assert not model.decode(z).any()
    with torch.no_grad():
        model.distance_weight[1] = 2.0
    expected = 2 * by_hand("gravity-two-places", z[:, 3:])
    torch.testing.assert_close(model.decode(z), expected, atol=1e-4, rtol=1e-4)


def test_source_mass_is_constant_in_a_row() -> None:
    scores = made(["source-mass"]).decode(torch.arange(6.0)[:, None])
    assert torch.equal(scores, torch.arange(6.0)[:, None].expand(6, 6))


@pytest.mark.parametrize("heads", [[], ["gravity", "gravity"]])
def test_no_heads_or_one_twice_is_refused(heads: list[Head]) -> None:
    with pytest.raises(UserError, match="heads"):
        made(heads)
