"""The grid's layers: equivariance, and kernel regression by hand."""

import pytest
import torch
from torch import nn

from lit_models.layers.cell_mixing import CellMixing, KernelRegression, Triangles

WIDTH, TASKS = 8, 5


@pytest.fixture
def cells() -> torch.Tensor:
    return torch.randn(TASKS, TASKS, WIDTH, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "layer",
    [
        KernelRegression(WIDTH, heads=2, rank=3),
        Triangles(WIDTH, channels=3),
        CellMixing(WIDTH, heads=2, rank=3, channels=3),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_renaming_the_tasks_renames_the_cells(layer: nn.Module, cells: torch.Tensor) -> None:
    layer = layer.double()
    order = torch.tensor([3, 0, 4, 1, 2])
    renamed = layer(cells[order][:, order])
    torch.testing.assert_close(renamed, layer(cells)[order][:, order])
    batch = torch.stack([cells, cells.flip(0)])
    torch.testing.assert_close(layer(batch), torch.stack([layer(each) for each in batch]))


def test_kernel_regression_is_the_weighted_mean_of_a_column(cells: torch.Tensor) -> None:
    """Written out with loops from the same projection."""
    heads, rank = 2, 3
    layer = KernelRegression(WIDTH, heads=heads, rank=rank).double()
    query, key, bias, worth, content = layer.project(cells).split(layer.sizes, -1)
    found = layer(cells)
    each = WIDTH // heads
    for head in range(heads):
        q, k = (part[..., head * rank : (head + 1) * rank] for part in (query, key))
        logits = torch.einsum("ije,kje->ik", q, k) / (TASKS * rank) ** 0.5 + bias[..., head]
        kernel = logits.softmax(-1)
        weight = kernel[:, :, None] * torch.sigmoid(worth[None, :, :, head])  # [i, k, j]
        values = content[..., head * each : (head + 1) * each]
        total = weight.sum(1) + 1e-4
        expected = torch.einsum("ikj,kje->ije", weight, values) / total[..., None]
        torch.testing.assert_close(found[..., head * each : (head + 1) * each], expected)
        torch.testing.assert_close(found[..., WIDTH + head], total.log() / 4)


def test_a_new_layer_is_nearly_the_identity(cells: torch.Tensor) -> None:
    """So that a network can grow while it is trained."""
    torch.manual_seed(0)
    change = CellMixing(WIDTH).double().requires_grad_(False)(cells) - cells
    assert float(change.std()) < 0.2 * float(cells.std())
    assert change.any()
