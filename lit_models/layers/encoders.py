"""Encoders: from a partly observed graph to one vector per task.

All take a directed graph; undirected models symmetrise it first. The input features of a convolution are the
tasks' one-hot identity, their embedding Z, or both; the profile encoder passes no messages and reads a task's
observed row and column, and Z if given.
"""

from typing import Literal

import torch
from torch import Tensor, nn

from datamodules.errors import unknown_name
from datamodules.graph import LinkGraph, TaskGraph, edge_weight, ends, is_bipartite
from lit_models.layers.edge_encoder import EdgeEncoder
from lit_models.layers.task_input import TaskInput
from lit_models.noise import dropout

EncoderName = Literal["profile", "gcn", "dir", "edge"]

# The paper's weights are binary; a steeper logistic function keeps more of an edge's strength.
DIR_SHARPNESS = 2.0


def propagation(weight: Tensor) -> Tensor:
    """Row-normalised adjacency with self-loops, D_out⁻¹(A + I) (Salha et al., CIKM 2019, section 3.3).

    Args:
        weight: [N, N] float, non-negative, 0 on the diagonal; dense or sparse (COO).

    Returns:
        [N, N] float with rows that sum to 1: a task's new state is a mean over itself and its targets. Sparse
        if ``weight`` is.

    >>> propagation(torch.tensor([[0.0, 1.0], [3.0, 0.0]]))
    tensor([[0.5000, 0.5000],
            [0.7500, 0.2500]])
    """
    if weight.is_sparse:
        return _sparse_propagation(weight)
    with_loops = weight + torch.eye(weight.shape[-1], dtype=weight.dtype, device=weight.device)
    return with_loops / with_loops.sum(-1, keepdim=True)


def _sparse_propagation(weight: Tensor) -> Tensor:
    size = weight.shape[-1]
    loops = torch.arange(size, device=weight.device).expand(2, -1)
    edges = torch.cat([weight.indices(), loops], dim=1)
    values = torch.cat([weight.values(), weight.values().new_ones(size)])
    degree = values.new_zeros(size).index_add(0, edges[0], values)
    normalised = values / degree[edges[0]]
    return torch.sparse_coo_tensor(edges, normalised, weight.shape, check_invariants=False).coalesce()


class ProfileEncoder(nn.Module):
    """Two-layer perceptron on each task's observed row and column, without message passing.

    H = ReLU(dropout([Y∘M, (Y∘M)ᵀ]) W₀ + Z W_Z + b), followed by dropout and a linear map.

    Args:
        num_tasks: number of tasks in the fit graph; the input is twice as wide.
        num_features: width of Z.
        out_features: width of the output.
        width: width of H.
        rate: dropout rate.
    """

    def __init__(
        self, num_tasks: int, num_features: int, out_features: int, *, width: int, rate: float
    ) -> None:
        super().__init__()
        self.rate = rate
        self.of_profile = nn.Linear(2 * num_tasks, width)
        self.of_z = nn.Linear(num_features, width, bias=False) if num_features else None
        self.head = nn.Linear(width, out_features)

    def forward(self, graph: TaskGraph) -> Tensor:
        """Encode one graph of N tasks: [N, out_features] float."""
        hidden = self._of_bipartite(graph) if is_bipartite(graph) else self._of_square(graph)
        if self.of_z is not None:
            hidden = hidden + self.of_z(graph.x)
        hidden = dropout(hidden.relu(), graph.key, call=1, rate=self.rate, training=self.training)
        encoded: Tensor = self.head(hidden)
        return encoded

    def _of_square(self, graph: TaskGraph) -> Tensor:
        profile = torch.cat([graph.affinity, graph.affinity.mT], dim=-1)
        hidden: Tensor = self.of_profile(self._dropped(profile, graph))
        return hidden

    def _of_bipartite(self, graph: TaskGraph) -> Tensor:
        """A source has no column and a target no row, so that half of the weights are not used."""
        sources, targets = graph.affinity.shape
        profile = torch.stack([graph.affinity.flatten(), graph.affinity.mT.flatten()])
        row, column = self._dropped(profile, graph)
        # Columns of the weights stand for the row's entries, then for the column's, of sources, then targets.
        weight = self.of_profile.weight[:, sources:-targets]
        of_row, of_column = weight[:, :targets], weight[:, targets:]
        hidden = [row.reshape(sources, targets) @ of_row.mT, column.reshape(targets, sources) @ of_column.mT]
        return torch.cat(hidden) + self.of_profile.bias

    def _dropped(self, profile: Tensor, graph: TaskGraph) -> Tensor:
        return dropout(profile, graph.key, call=0, rate=self.rate, training=self.training)


class GCNEncoder(nn.Module):
    """The papers' two-layer graph convolution: Â ReLU(Â X W₀) W₁ with Â = D_out⁻¹(A + I).

    Kipf & Welling (2016) with the out-degree normalisation of Salha et al. (CIKM 2019). Messages run against
    the edges: a task aggregates over its targets, never over its sources.

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
        self.input = TaskInput(num_tasks, num_features, width, one_hot=one_hot)
        self.head = nn.Linear(width, out_features, bias=False)

    def forward(self, graph: TaskGraph | LinkGraph) -> Tensor:
        """Encode one graph of N tasks: [N, out_features] float."""
        step = propagation(edge_weight(graph))
        hidden = (step @ self.input(graph)).relu()
        hidden = dropout(hidden, graph.key, call=0, rate=self.rate, training=self.training)
        encoded: Tensor = step @ self.head(hidden)
        return encoded


class DirEncoder(nn.Module):
    """One directed convolution with separate weights for out- and in-neighbours, followed by a linear map.

    H = ReLU(Â_out X W_out + Â_in X W_in + b), after Rossi et al. (LoG 2023, equation 7), with
    Â = D⁻¹(σ(2Y)∘M + I) along and against the edges.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        out_features: width of the output.
        width: width of H.
        rate: dropout rate of H.
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
        self.of_targets = TaskInput(num_tasks, num_features, width, one_hot=one_hot)
        self.of_sources = TaskInput(num_tasks, num_features, width, one_hot=one_hot)
        self.bias = nn.Parameter(torch.zeros(width))
        self.head = nn.Linear(width, out_features)

    def forward(self, graph: TaskGraph) -> Tensor:
        """Encode one graph of N tasks: [N, out_features] float."""
        weight = edge_weight(graph, sharpness=DIR_SHARPNESS)
        if is_bipartite(graph):
            along, against = self._of_bipartite(weight, graph)
        else:
            along = propagation(weight) @ self.of_targets(graph)
            against = propagation(weight.mT) @ self.of_sources(graph)
        hidden = (along + against + self.bias).relu()
        hidden = dropout(hidden, graph.key, call=0, rate=self.rate, training=self.training)
        encoded: Tensor = self.head(hidden)
        return encoded

    def _of_bipartite(self, weight: Tensor, graph: TaskGraph) -> tuple[Tensor, Tensor]:
        """The same: along the edges a target keeps its own state, against them a source does."""
        source, target = ends(self.of_targets(graph), graph)
        along = torch.cat([(source + weight @ target) / (1.0 + weight.sum(-1, keepdim=True)), target])
        source, target = ends(self.of_sources(graph), graph)
        against = torch.cat([source, (target + weight.mT @ source) / (1.0 + weight.mT.sum(-1, keepdim=True))])
        return along, against


def make_encoder(
    name: EncoderName,
    num_tasks: int,
    num_features: int,
    out_features: int,
    *,
    width: int,
    rate: float,
    one_hot: bool,
) -> nn.Module:
    """Build an encoder by its name on the leaderboard.

    Args:
        name: ``profile``, ``gcn``, ``dir`` or ``edge``.
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        out_features: width of the output.
        width: width of the hidden layer.
        rate: dropout rate.
        one_hot: whether convolutions take the task's identity; ignored by ``profile``, which identifies tasks
            by their position.

    Returns:
        A module that maps one graph of N tasks to [N, out_features] float.

    Raises:
        UserError: for an unknown name.
    """
    if name == "profile":
        return ProfileEncoder(num_tasks, num_features, out_features, width=width, rate=rate)
    convolutions = {"gcn": GCNEncoder, "dir": DirEncoder, "edge": EdgeEncoder}
    if name not in convolutions:
        raise unknown_name("encoder", name, ["profile", *convolutions])
    return convolutions[name](num_tasks, num_features, out_features, width=width, rate=rate, one_hot=one_hot)
