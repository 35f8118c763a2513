"""A graph convolution that reads the features of edges: affinities, and what else is known of a pair."""

import math

import torch
from torch import Tensor, nn

from datamodules.graph import TaskGraph
from lit_models.layers.task_input import TaskInput
from lit_models.noise import dropout

_OF_AFFINITY = 2  # edge features that every graph has: the affinity, and whether it is observed


class EdgeConvolution(nn.Module):
    """One attention head over a task's edges, whose keys and values include the edges' features.

    h_i = W_s x_i + Σ_j α_ij (W_v x_j + W_e e_ij), α_ij = softmax_j ⟨W_q x_i, W_k x_j + W_e e_ij⟩ / √d (Shi et
    al., IJCAI 2021, as in torch-geometric's ``TransformerConv``). No vector per edge is formed: W_e e_ij
    enters as the scalar ⟨W_eᵀ W_q x_i, e_ij⟩ and as the mean feature Σ_j α_ij e_ij.

    Args:
        width: d, of input and output.
        edge_features: width of e_ij.
    """

    def __init__(self, width: int, edge_features: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.of_edge = nn.Linear(edge_features, width, bias=False)
        self.skip = nn.Linear(width, width)

    def attention(self, x: Tensor, edges: Tensor, mask: Tensor) -> Tensor:
        """How much each task attends to each of its edges.

        Args:
            x: [N, d] float.
            edges: [N, N, E] float, features; row = the task that attends.
            mask: [N, N] bool, edges that exist.

        Returns:
            [N, N] float; rows sum to 1, or to 0 for a task without edges.
        """
        query = self.query(x)
        of_edges = torch.einsum("ie,ije->ij", query @ self.of_edge.weight, edges)
        logits = (query @ self.key(x).mT + of_edges) / math.sqrt(x.shape[-1])
        logits = torch.where(mask, logits, -torch.inf)
        highest = logits.amax(-1, keepdim=True).clamp(min=-1e30)
        weight = (logits - highest).exp()
        return weight / weight.sum(-1, keepdim=True).clamp(min=1e-16)

    def forward(self, x: Tensor, edges: Tensor, mask: Tensor) -> Tensor:
        """One step: [N, d] float; for the arguments see :meth:`attention`."""
        attention = self.attention(x, edges, mask)
        mean = torch.einsum("ij,ije->ie", attention, edges)
        step: Tensor = self.skip(x) + attention @ self.value(x) + self.of_edge(mean)
        return step


class EdgeEncoder(nn.Module):
    """One edge-conditioned convolution along and one against the transfers, followed by a linear map.

    Edges are the eligible transfers. Their features are the affinity, whether it is observed, and the pair
    features, so that a new task hears from its pairs although none of its transfers is measured.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        out_features: width of the output.
        width: width of the hidden layer.
        rate: dropout rate of the hidden layer.
        one_hot: see :class:`TaskInput`.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        out_features: int,
        *,
        width: int,
        rate: float,
        one_hot: bool,
    ) -> None:
        super().__init__()
        self.rate = rate
        self.width = width
        self.input = TaskInput(num_tasks, num_features, width, one_hot=one_hot)
        self.head = nn.Linear(width, out_features)
        self.use_pair_features(0)

    def use_pair_features(self, count: int) -> None:
        """Make the convolutions for so many pair features."""
        self.to_targets = EdgeConvolution(self.width, _OF_AFFINITY + count)
        self.to_sources = EdgeConvolution(self.width, _OF_AFFINITY + count)

    def forward(self, graph: TaskGraph) -> Tensor:
        """Encode one graph of N tasks: [N, out_features] float."""
        x = self.input(graph)
        edges = edge_features(graph)
        along = self.to_targets(x, edges, graph.eligible)
        against = self.to_sources(x, edges.transpose(-3, -2), graph.eligible.mT)
        hidden = dropout((along + against).relu(), graph.key, call=0, rate=self.rate, training=self.training)
        encoded: Tensor = self.head(hidden)
        return encoded


def edge_features(graph: TaskGraph) -> Tensor:
    """All that is known of every ordered pair: its affinity, whether that is observed, its pair features.

    Args:
        graph: one graph of N tasks.

    Returns:
        [N, N, 2 + P] float, source × target.
    """
    observed = graph.observed.to(graph.affinity)
    return torch.cat([graph.affinity[..., None], observed[..., None], graph.edge_attr], dim=-1)
