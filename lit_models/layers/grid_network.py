"""The network that reads a whole partly observed matrix at once, and says what the rest may be."""

from typing import NamedTuple

from torch import Tensor, nn

from datamodules.graph import TaskGraph
from lit_models.layers.bar_distribution import BARS, BarDistribution
from lit_models.layers.cell_features import FEATURES, cell_features
from lit_models.layers.cell_mixing import CellMixing
from lit_models.layers.pair_channels import PairChannels


class Reading(NamedTuple):
    """What the network makes of every cell.

    Attributes:
        value: distribution of the z-score, [..., N, N, bars].
        rank: [..., N, N] float, expected standardised rank among the hidden entries of the target.
    """

    value: BarDistribution
    rank: Tensor


class GridNetwork(nn.Module):
    """Cells are tokens; each layer mixes them over sources, over targets and over triangles.

    Args:
        width: of a cell.
        depth: layers.
    """

    def __init__(self, *, width: int = 48, depth: int = 8) -> None:
        super().__init__()
        self.width = width
        self.channels = PairChannels(width)
        self.embed = nn.Sequential(nn.Linear(FEATURES, width), nn.GELU(), nn.Linear(width, width))
        self.layers = nn.ModuleList(CellMixing(width) for _ in range(depth))
        self.head = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, BARS + 1)
        )

    def forward(
        self, graph: TaskGraph, channels: Tensor, *, cells: Tensor | None = None, depth: int | None = None
    ) -> Reading:
        """Read a graph.

        Args:
            graph: a graph, or a batch of graphs.
            channels: [..., P, N, N] float, raw pair channels.
            cells: [..., N, N] bool, read these alone, as one list; all when omitted.
            depth: use the first so many layers; all when omitted.

        Returns:
            What it makes of the cells.
        """
        state = self.embed(cell_features(graph)) + self.channels(graph, channels)
        for layer in self.layers[:depth]:
            state = layer(state)
        said = self.head(state if cells is None else state[cells])
        return Reading(BarDistribution(said[..., :-1].log_softmax(-1)), said[..., -1])
