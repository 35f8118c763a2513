"""One layer on the grid of transfers: cells look along their column, along their row, and at triangles.

All of it is equivariant under renaming of the tasks, and its weights do not depend on their number.
"""

import math

import torch
from torch import Tensor, nn

SMALL = 0.02  # initial weights of what is added to the cells


class KernelRegression(nn.Module):
    """Every cell (i, j) takes a weighted mean of the cells (k, j) of its column.

    The weight of (k, j) is K(i, k) · w(k, j). The kernel K, a softmax over k, compares the tasks i and k as
    sources, by the inner product of what their rows hold and by what the cell (i, k) says of the pair; w
    says how much a cell is worth, such as whether it was observed. Because the weight is a product, this is
    a matrix product for each head, and cheaper than attention.

    Args:
        width: of a cell.
        heads: kernels.
        rank: what a cell adds to an inner product of rows, in numbers per head.
    """

    def __init__(self, width: int, *, heads: int, rank: int) -> None:
        super().__init__()
        self.heads = heads
        self.rank = rank
        self.sizes = [heads * rank, heads * rank, heads, heads, width]
        self.project = nn.Linear(width, sum(self.sizes))

    def forward(self, cells: Tensor) -> Tensor:
        """Regress along columns.

        Args:
            cells: [..., N, N, width] float.

        Returns:
            [..., N, N, width + heads] float: the means, and the logarithm of the weight that they had.
        """
        tasks, heads = cells.shape[-2], self.heads
        query, key, bias, worth, content = self.project(cells).split(self.sizes, -1)
        logits = _rows(query, heads) @ _rows(key, heads).mT / math.sqrt(tasks * self.rank)
        kernel = (logits + bias.movedim(-1, -3)).softmax(-1)  # [..., heads, i, k]
        worth = torch.sigmoid(worth)
        weighted = _by_head(content, heads) * worth[..., None]
        # One product for content and weight: [..., heads, k, j · (width / heads + 1)].
        columns = _rows(torch.cat([weighted, worth[..., None]], -1).flatten(-2), heads)
        regressed = _by_head(kernel @ columns, tasks).movedim(-4, -2)
        weight = regressed[..., -1:] + 1e-4
        mean = (regressed[..., :-1] * weight.reciprocal()).flatten(-2)
        return torch.cat([mean, weight[..., 0].log() / 4.0], -1)


def _rows(cells: Tensor, heads: int) -> Tensor:
    """[..., N, N, heads · e] to [..., heads, N, N · e]: all that a head sees of each row."""
    return _by_head(cells, heads).movedim(-2, -4).flatten(-2)


def _by_head(flat: Tensor, heads: int) -> Tensor:
    """[..., heads · e] to [..., heads, e]."""
    return flat.reshape(*flat.shape[:-1], heads, -1)


class Triangles(nn.Module):
    """Products over a third task k: of rows i and j, of columns i and j, and along the path i → k → j.

    Multiplicative updates of AlphaFold's pair representation (Jumper et al., Nature 2021), with the path as
    a third.

    Args:
        width: of a cell.
        channels: products of each kind.
    """

    def __init__(self, width: int, *, channels: int) -> None:
        super().__init__()
        self.factors = nn.Linear(width, 6 * channels)
        self.norm = nn.LayerNorm(3 * channels)

    def forward(self, cells: Tensor) -> Tensor:
        """Multiply: [..., N, N, width] to [..., N, N, 3 · channels]."""
        row, other_row, column, other_column, first, second = self.factors(cells).movedim(-1, -3).chunk(6, -3)
        products = [row @ other_row.mT, column.mT @ other_column, first @ second]
        normed: Tensor = self.norm(torch.cat(products, -3).movedim(-3, -1) / cells.shape[-2])
        return normed


class CellMixing(nn.Module):
    """Kernel regression over sources and over targets, triangles, and a network of each cell and its reverse.

    Args:
        width: of a cell.
        heads: of each kernel regression.
        rank: of its kernels.
        channels: of the triangles.
    """

    def __init__(self, width: int, *, heads: int = 4, rank: int = 4, channels: int = 16) -> None:
        super().__init__()
        self.before_mixing = nn.LayerNorm(width)
        self.over_sources = KernelRegression(width, heads=heads, rank=rank)
        self.over_targets = KernelRegression(width, heads=heads, rank=rank)
        self.triangles = Triangles(width, channels=channels)
        self.mix = nn.Linear(2 * (width + heads) + 3 * channels, width)
        self.before_cell = nn.LayerNorm(width)
        self.cell = nn.Linear(width, 4 * width)
        self.out = nn.Linear(2 * width, width)
        for added in (self.mix, self.out):
            nn.init.normal_(added.weight, std=SMALL)
            nn.init.zeros_(added.bias)

    def forward(self, cells: Tensor) -> Tensor:
        """[..., N, N, width] to the same."""
        normed = self.before_mixing(cells)
        seen = [
            self.over_sources(normed),
            self.over_targets(normed.transpose(-2, -3)).transpose(-2, -3),
            self.triangles(normed),
        ]
        cells = cells + self.mix(torch.cat(seen, -1))
        own, reverse = self.cell(self.before_cell(cells)).chunk(2, -1)
        mixed: Tensor = cells + self.out(nn.functional.gelu(own + reverse.transpose(-2, -3)))
        return mixed
