"""The tensors that a recovery model sees: graphs and episodes, and conversions of them.

All are ``NamedTuple``s of tensors, so Lightning moves them between devices, the default collate function
stacks them into batches and :func:`torch.func.vmap` maps over them. Every matrix is source × target: row =
source, column = target; higher = better transfer.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch_geometric.data import Data


class TaskGraph(NamedTuple):
    """A partly observed affinity matrix over N tasks, standardised per target.

    Shapes are those of one graph; a batch adds leading dimensions to every field.

    In a *bipartite* graph, no task is both source and target, and every [N, N] below is [S, T]: the S sources
    are the rows, the T targets the columns. Fields per task have the sources first and then the targets,
    N = S + T. Only models that say so get one: :attr:`lit_models.base.RecoveryModel.reads_bipartite`.

    Attributes:
        x: [N, F] float, task embeddings Z; F may be 0.
        group: [N] int64, published group of each task, −1 = none.
        affinity: [N, N] float, standardised per target (column) by its observed entries; 0 where hidden.
        observed: [N, N] bool, revealed entries.
        eligible: [N, N] bool, transfers that exist in the table; False on the diagonal.
        query: [N, N] bool, entries to predict; a subset of ``eligible``, disjoint from ``observed``.
        edge_attr: [N, N, P] float, pair features: what is known of each transfer without measuring it (LEEP,
            the distance of two languages), as z-scores over the eligible pairs of known tasks; 0 where
            unknown, and then the last feature marks such pairs by 1. P may be 0.
        key: [] int64, noise key (see :mod:`lit_models.noise`).
    """

    x: Tensor
    group: Tensor
    affinity: Tensor
    observed: Tensor
    eligible: Tensor
    query: Tensor
    edge_attr: Tensor
    key: Tensor


class Targets(NamedTuple):
    """Validation entries, for early stopping and calibration.

    Attributes:
        mask: [N, N] bool, validation entries; disjoint from ``observed`` and ``query``.
        value: [N, N] float, standardised affinities; 0 outside ``mask``.
    """

    mask: Tensor
    value: Tensor


class Episode(NamedTuple):
    """One split of one dataset, as a model sees it.

    Attributes:
        position: [] int64, index of the split in the datamodule (not the split's number).
        graph: the partly observed matrix.
        validation: the validation entries.
    """

    position: Tensor
    graph: TaskGraph
    validation: Targets


class LinkGraph(NamedTuple):
    """A directed graph too large for dense [N, N] tensors, for convolutions that need its edges only.

    Attributes:
        x: [N, F] float, node features; F may be 0.
        weight: [N, N] float, sparse (COO, coalesced), non-negative edge weights, 0 on the diagonal.
        key: [] int64, noise key (see :mod:`lit_models.noise`).
    """

    x: Tensor
    weight: Tensor
    key: Tensor


class LinkQuery(NamedTuple):
    """Pairs of nodes to score.

    Attributes:
        graph: the training graph.
        pairs: [P, 2] int64, source and target.
    """

    graph: LinkGraph
    pairs: Tensor


def is_bipartite(graph: TaskGraph) -> bool:
    """Whether the matrix of a graph is sources × targets, rather than tasks × tasks.

    Args:
        graph: one graph.
    """
    sources, targets = graph.affinity.shape[-2:]
    return sources + targets == graph.group.shape[-1]


def ends(per_task: Tensor, graph: TaskGraph) -> tuple[Tensor, Tensor]:
    """What belongs to the rows of a graph's matrix, and what to its columns.

    Args:
        per_task: [N, ...], one entry per task.
        graph: one graph.

    Returns:
        [S, ...] and [T, ...] in a bipartite graph; otherwise ``per_task`` itself, twice.
    """
    if not is_bipartite(graph):
        return per_task, per_task
    sources = graph.affinity.shape[-2]
    return per_task[:sources], per_task[sources:]


def undirected(graph: TaskGraph) -> TaskGraph:
    """Symmetrise a graph.

    Args:
        graph: one graph.

    Returns:
        The graph in which the affinity of {i, j} is the mean of the observed affinities of (i, j) and (j, i),
        and {i, j} is observed if either is. ``query``, ``eligible`` and ``edge_attr`` stay directed,
        as predictions do.

    >>> graph = graph_of(torch.tensor([[0.0, 1.0], [3.0, 0.0]]), torch.tensor([[0, 1], [1, 0]]).bool())
    >>> undirected(graph).affinity
    tensor([[0., 2.],
            [2., 0.]])
    """
    observed = graph.observed | graph.observed.mT
    count = (graph.observed.to(graph.affinity) + graph.observed.mT.to(graph.affinity)).clamp(min=1)
    affinity = (graph.affinity + graph.affinity.mT) / count
    return graph._replace(affinity=affinity, observed=observed)


def edge_weight(graph: TaskGraph | LinkGraph, *, sharpness: float = 1.0) -> Tensor:
    """Non-negative edge weights of the observed transfers.

    z-scores themselves cannot be weights: with negative ones a degree can vanish and its normalisation is
    NaN.

    Args:
        graph: one graph.
        sharpness: factor of the z-score inside the logistic function.

    Returns:
        [N, N] float, ``σ(sharpness · affinity)`` in (0, 1) where observed, 0 elsewhere; for a
        :class:`LinkGraph` its own sparse weights.
    """
    if isinstance(graph, LinkGraph):
        return graph.weight
    return torch.sigmoid(sharpness * graph.affinity) * graph.observed


def edge_index(graph: TaskGraph) -> Tensor:
    """All N² ordered pairs as a fixed edge list, in the order of ``edge_weight(graph).flatten()``.

    The list does not depend on what is observed, so its shape is fixed under :func:`torch.func.vmap`; hidden
    pairs have weight 0. For torch-geometric layers that support ``edge_weight``.

    Args:
        graph: one graph.

    Returns:
        [2, N²] int64: sources in the first row, targets in the second.
    """
    tasks = torch.arange(graph.affinity.shape[-1], device=graph.affinity.device)
    return torch.cartesian_prod(tasks, tasks).mT


def to_data(graph: TaskGraph) -> Data:
    """The observed transfers as a torch-geometric graph, for layers that need sparse edges.

    Args:
        graph: one graph, outside vmap (the number of edges depends on its values).

    Returns:
        ``Data`` with ``x`` [N, F], ``edge_index`` [2, E] and ``edge_weight`` [E] for the E observed entries
        and, if there are pair features, ``edge_attr`` [E, P].
    """
    edges = graph.observed.nonzero().mT
    attributes = {"edge_attr": graph.edge_attr[edges[0], edges[1]]} if graph.edge_attr.shape[-1] else {}
    return Data(
        x=graph.x,
        edge_index=edges,
        edge_weight=edge_weight(graph)[edges[0], edges[1]],
        num_nodes=graph.affinity.shape[-1],
        **attributes,
    )


def graph_of(affinity: Tensor, observed: Tensor, *, x: Tensor | None = None) -> TaskGraph:
    """Build a graph from standardised affinities, with every off-diagonal transfer eligible.

    Args:
        affinity: [N, N] float, standardised; ignored where not observed.
        observed: [N, N] bool, revealed entries.
        x: [N, F] float, task embeddings; none if omitted.

    Returns:
        The graph; its queries are all off-diagonal entries that are not observed; no pair features.
    """
    size = affinity.shape[-1]
    device = affinity.device
    eligible = ~torch.eye(size, dtype=torch.bool, device=device)
    return TaskGraph(
        x=affinity.new_zeros(size, 0) if x is None else x,
        group=torch.full((size,), -1, device=device),
        affinity=torch.where(observed, affinity, 0.0),
        observed=observed,
        eligible=eligible,
        query=eligible & ~observed,
        edge_attr=affinity.new_zeros(size, size, 0),
        key=torch.tensor(0, device=device),
    )
