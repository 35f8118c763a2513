"""Encoders by sparse message passing: the weights of the encoders of matrices, sums over measured cells only.

A step passes messages along all cells that it does not predict, rather than along a sample of neighbours: one
layer between free vectors of tasks is a product of a sparse with a narrow matrix, which needs no memory for
each message, has no sampling error, and takes time in proportion to the cells.
"""

import warnings
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch_geometric import EdgeIndex

from datamodules.errors import UserError
from datamodules.sparse.graph import SparseGraph
from lit_models.layers.encoders import DIR_SHARPNESS, DirEncoder, ProfileEncoder
from lit_models.noise import dropout
from lit_models.sparse.base import group_sum


class Messages(NamedTuple):
    """The cells of a graph in the orders in which they are summed; E cells, N tasks.

    Attributes:
        to_sources: N × N, sorted by source: a source hears from its targets.
        to_targets: N × N, sorted by target: a target hears from its sources.
        by_source: [E] int64, the graph's cells in the order of ``to_sources``.
        by_target: [E] int64, in the order of ``to_targets``; None if that is the graph's own.
    """

    to_sources: EdgeIndex
    to_targets: EdgeIndex
    by_source: Tensor
    by_target: Tensor | None

    @classmethod
    def of(cls, graph: SparseGraph) -> "Messages":
        """Sort the cells of a graph; those of a bipartite one are sorted by target already."""
        # Of what torch-geometric's products are made of; checks are off by default, and torch wants it said.
        warnings.filterwarnings("ignore", message=".*Sparse CSR tensor support is in beta.*")
        torch.sparse.check_sparse_tensor_invariants.disable()  # type: ignore[no-untyped-call]  # it has no types
        by_source = torch.argsort(graph.source, stable=True)
        is_sorted = bool((graph.target[1:] >= graph.target[:-1]).all())
        by_target = None if is_sorted else torch.argsort(graph.target, stable=True)
        source, target = graph.source.int(), graph.target.int()
        to_sources = _edges(source[by_source], target[by_source], graph.num_tasks)
        to_targets = _edges(_taken(target, by_target), _taken(source, by_target), graph.num_tasks)
        return cls(to_sources, to_targets, by_source, by_target)

    def sum_at_sources(self, weight: Tensor, vectors: Tensor) -> Tensor:
        """Σ_t w_st x_t for every task s: [N, d] float, of weights [E] and vectors [N, d]."""
        summed: Tensor = self.to_sources.matmul(vectors, weight[self.by_source])
        return summed

    def sum_at_targets(self, weight: Tensor, vectors: Tensor) -> Tensor:
        """Σ_s w_st x_s for every task t: [N, d] float."""
        summed: Tensor = self.to_targets.matmul(vectors, _taken(weight, self.by_target))
        return summed


def _taken(value: Tensor, order: Tensor | None) -> Tensor:
    return value if order is None else value[order]


def _edges(to: Tensor, of: Tensor, tasks: int) -> EdgeIndex:
    return EdgeIndex(torch.stack([to, of]), sparse_size=(tasks, tasks), sort_order="row").fill_cache_()


class SparseEncoder(nn.Module):
    """Base class: keeps the sorted cells of the graph it saw last, which is the same for a whole training."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: tuple[Tensor, Messages] | None = None

    def messages(self, graph: SparseGraph) -> Messages:
        """The cells of a graph in both orders."""
        if self._seen is None or self._seen[0] is not graph.source:
            self._seen = graph.source, Messages.of(graph)
        return self._seen[1]


class SparseDirEncoder(SparseEncoder):
    """The directed convolution: Â_out X W_out + Â_in X W_in + b, Â = D⁻¹(σ(2Y)∘M + I).

    Args:
        encoder: the encoder of matrices, whose weights are used.
    """

    def __init__(self, encoder: DirEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, graph: SparseGraph) -> Tensor:
        """Encode N tasks: [N, out_features] float."""
        encoder, messages = self.encoder, self.messages(graph)
        weight = torch.sigmoid(DIR_SHARPNESS * graph.value) * graph.shown
        at_source = group_sum(weight, graph.source, graph.num_tasks)[:, None]
        at_target = group_sum(weight, graph.target, graph.num_tasks)[:, None]
        of_targets, of_sources = encoder.of_targets.of_task, encoder.of_sources.of_task
        # Without task embeddings, there is no such encoder without identities of tasks.
        assert of_targets is not None
        assert of_sources is not None
        along = (of_targets + messages.sum_at_sources(weight, of_targets)) / (1.0 + at_source)
        against = (of_sources + messages.sum_at_targets(weight, of_sources)) / (1.0 + at_target)
        hidden = (along + against + encoder.bias).relu()
        hidden = dropout(hidden, graph.key, call=0, rate=encoder.rate, training=self.training)
        encoded: Tensor = encoder.head(hidden)
        return encoded


class SparseProfileEncoder(SparseEncoder):
    """The perceptron on a task's row and column: a sum over its cells of value × weights of the other task.

    Args:
        encoder: the encoder of matrices, whose weights are used.
    """

    def __init__(self, encoder: ProfileEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, graph: SparseGraph) -> Tensor:
        """Encode N tasks: [N, out_features] float."""
        encoder, messages = self.encoder, self.messages(graph)
        of_row, of_column = torch.split(encoder.of_profile.weight.T, graph.num_tasks)
        value = graph.value * graph.shown
        rate, on = encoder.rate, self.training
        row = dropout(value, graph.key, call=0, rate=rate, training=on)
        column = dropout(value, graph.key, call=2, rate=rate, training=on)
        hidden = messages.sum_at_sources(row, of_row) + messages.sum_at_targets(column, of_column)
        hidden = dropout((hidden + encoder.of_profile.bias).relu(), graph.key, call=1, rate=rate, training=on)
        encoded: Tensor = encoder.head(hidden)
        return encoded


def sparse_encoder(encoder: nn.Module) -> SparseEncoder:
    """The sparse form of an encoder.

    Args:
        encoder: an encoder of matrices.

    Returns:
        A module that maps a :class:`SparseGraph` of N tasks to [N, out_features] float.

    Raises:
        UserError: if it has none.
    """
    if isinstance(encoder, DirEncoder):
        return SparseDirEncoder(encoder)
    if isinstance(encoder, ProfileEncoder):
        return SparseProfileEncoder(encoder)
    raise UserError(
        f"the encoder {type(encoder).__name__} has no sparse form: choose a model with dir or profile"
    )
