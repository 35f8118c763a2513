"""Any number of pair channels, none of which has a place of its own: what each says, weighed by its record.

A channel is a matrix that says something of every ordered pair of tasks: same group, a cosine, a distance,
LEEP. What it is good for differs from table to table, so each comes with how well it goes with what is
observed.
"""

import torch
from torch import Tensor, nn

from datamodules.graph import TaskGraph

HIDDEN = 32
MOST_NUMBERS = 8


def standardised(channels: Tensor, eligible: Tensor) -> tuple[Tensor, Tensor]:
    """Put channels on one scale.

    Args:
        channels: [..., P, N, N] float.
        eligible: [..., N, N] bool.

    Returns:
        [..., P, N, N] float, z-scores by all eligible pairs, bounded to ±5 and 0 on the diagonal; and [...,
        P] float, 1 for channels that say anything and 0 for constant ones, which become 0.
    """
    apart = ~torch.eye(channels.shape[-1], dtype=torch.bool, device=channels.device)
    mask = eligible.unsqueeze(-3).to(channels)
    count = mask.sum((-2, -1), keepdim=True).clamp(min=1.0)
    centred = channels - (channels * mask).sum((-2, -1), keepdim=True) / count
    deviation = ((centred * mask).square().sum((-2, -1), keepdim=True) / count).sqrt()
    size = channels.abs().amax((-2, -1), keepdim=True)
    present = deviation > 1e-5 * size
    scores = (centred / torch.where(present, deviation, 1.0)).clamp(-5.0, 5.0) * (present & apart)
    return scores, present[..., 0, 0].to(channels)


def graph_channels(graph: TaskGraph) -> Tensor:
    """The pair channels of one graph: group, pair features, and what Z holds.

    One-hot columns of Z make one channel, the number of labels that two tasks share, less that of the group.
    The other columns make one of their cosines and, up to eight of them, one each of the source's number.

    Args:
        graph: one graph.

    Returns:
        [P, N, N] float, raw; P depends on the widths of Z and of the pair features alone.
    """
    value, features = graph.affinity, graph.x.to(graph.affinity)
    tasks = value.shape[-1]
    group = (graph.group[:, None] == graph.group) & (graph.group >= 0)[:, None]
    channels = [group.to(value), *graph.edge_attr.to(value).movedim(-1, 0)]
    if features.shape[-1]:
        binary = ((features == 0) | (features == 1)).all(-2)
        labels = features * binary
        shared = labels @ labels.mT
        numbers = features * ~binary
        centred = numbers - numbers.mean(-2, keepdim=True)
        cosine = nn.functional.normalize(centred, dim=-1)
        # Where Z repeats the group as one-hot columns, what is left is the output kind.
        repeats = ((shared >= 1) | ~group | torch.eye(tasks, dtype=torch.bool, device=value.device)).all()
        channels += [shared - (group & repeats).to(value), cosine @ cosine.mT]
        order = torch.argsort(binary.to(torch.int64), stable=True)[:MOST_NUMBERS]
        channels += [column[:, None].expand_as(value) for column in numbers[:, order].mT]
    return torch.stack(channels)


class PairChannels(nn.Module):
    """Embeds channels cell by cell, each with its record, and adds them up: their order and number are free.

    A channel's record: its correlation with the observed affinities, that of its transpose, and how it goes
    with the similarity of rows and of columns.

    Args:
        width: of the embedding.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.each = nn.Linear(8, HIDDEN)
        self.together = nn.Linear(HIDDEN, width, bias=False)

    def forward(self, graph: TaskGraph, channels: Tensor) -> Tensor:
        """Embed what the channels say of every cell.

        Args:
            graph: a graph, or a batch of graphs.
            channels: [..., P, N, N] float, raw.

        Returns:
            [..., N, N, width] float; 0 without channels.
        """
        scores, present = standardised(channels, graph.eligible)
        value, observed = graph.affinity.unsqueeze(-3), graph.observed.to(channels).unsqueeze(-3)
        rows = value @ value.mT / (observed @ observed.mT + 2.0)
        columns = value.mT @ value / (observed.mT @ observed + 2.0)
        known = observed.sum((-2, -1)) + 4.0
        pairs = channels.shape[-1] * (channels.shape[-1] - 1.0)
        record = torch.stack(
            [
                (value * scores).sum((-2, -1)) / known,
                (value * scores.mT).sum((-2, -1)) / known,
                (rows * scores).sum((-2, -1)) / pairs * 2.0,
                (columns * scores).sum((-2, -1)) / pairs * 2.0,
            ],
            -1,
        )[..., None, None, :]
        said = torch.stack([scores, scores.mT], -1)
        inputs = torch.cat([said, said * record[..., :2] * 3.0, record.expand(*said.shape[:-1], 4)], -1)
        hidden = nn.functional.gelu(self.each(inputs)) * present[..., None, None, None]
        total = hidden.sum(-4) / (1.0 + present.sum(-1)).sqrt()[..., None, None, None]
        embedded: Tensor = self.together(total)
        return embedded
