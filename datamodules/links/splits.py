"""Splits for directed link prediction: some edges of a graph are hidden, to be told from pairs without edges.

The three tasks of Salha, Limnios, Hennequin, Tran & Vazirgiannis (CIKM 2019, section 4.1), as pure functions
of a graph and a seed.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError, unknown_name

LinkTask = Literal["general", "biased", "bidirectional"]
Pairs = npt.NDArray[np.int64]

TEST_SHARE = 0.10
VALIDATION_SHARE = 0.05
NO_PAIRS: Pairs = np.empty((0, 2), dtype=np.int64)


class DirectedGraph(NamedTuple):
    """A directed graph.

    Attributes:
        name: name of the graph.
        node_names: N unique names.
        edges: [E, 2] int64, source and target of each edge; unique and without self-loops.
    """

    name: str
    node_names: tuple[str, ...]
    edges: Pairs

    @property
    def num_nodes(self) -> int:
        """Number of nodes N."""
        return len(self.node_names)


class LinkSplit(NamedTuple):
    """One choice of hidden edges; every array is [·, 2] int64, source and target.

    Attributes:
        train: training edges.
        positive: hidden test edges.
        negative: as many pairs without an edge.
        held_back: validation edges: hidden from the model, but not used, because the protocol trains for a
            fixed number of epochs.
    """

    train: Pairs
    positive: Pairs
    negative: Pairs
    held_back: Pairs


def reciprocal(graph: DirectedGraph) -> npt.NDArray[np.bool_]:
    """Which edges also exist in the opposite direction.

    Args:
        graph: the graph.

    Returns:
        [E] bool.

    >>> graph = DirectedGraph("three", ("a", "b", "c"), np.array([[0, 1], [1, 0], [1, 2]]))
    >>> reciprocal(graph).tolist()
    [True, True, False]
    """
    return np.isin(_codes(graph.edges[:, ::-1], graph), _codes(graph.edges, graph))


def make_link_split(graph: DirectedGraph, *, task: LinkTask, seed: int) -> LinkSplit:
    """Hide edges of a graph.

    ``general``: 10 % of the edges are tested against random pairs without an edge, and 5 % are held back.
    ``biased``: 10 % of the unidirectional edges are tested against their own reverses; bidirectional edges
    are removed. ``bidirectional``: one edge of every bidirectional pair is hidden and tested against reverses
    of unidirectional edges. As in the authors' code, which one is not random: every test pair, positive or
    negative, leads from the node with the lower index to the one with the higher.

    Args:
        graph: the graph.
        task: one of the three tasks.
        seed: seed of the random choices.

    Returns:
        The split.

    Raises:
        UserError: for an unknown task, or a graph with too few suitable edges.
    """
    if task not in LINK_TASKS:
        raise unknown_name("link prediction task", task, LINK_TASKS)
    split = LINK_TASKS[task](graph, np.random.default_rng(seed))
    if not 0 < len(split.positive) == len(split.negative):
        raise UserError(
            f"{graph.name}: {len(graph.edges)} edges between {graph.num_nodes} nodes, "
            f"{int(reciprocal(graph).sum())} of them in both directions, leave nothing to test the task "
            f"'{task}' on. Use a larger or sparser graph."
        )
    return split


def _general(graph: DirectedGraph, rng: np.random.Generator) -> LinkSplit:
    shuffled = rng.permutation(graph.edges)
    num_test, num_validation = (int(share * len(shuffled)) for share in (TEST_SHARE, VALIDATION_SHARE))
    positive, held_back, train = np.split(shuffled, [num_test, num_test + num_validation])
    return LinkSplit(train, positive, _random_non_edges(graph, num_test, rng), held_back)


def _biased(graph: DirectedGraph, rng: np.random.Generator) -> LinkSplit:
    one_way = rng.permutation(graph.edges[~reciprocal(graph)])
    positive, train = np.split(one_way, [int(TEST_SHARE * len(one_way))])
    return LinkSplit(train, positive, positive[:, ::-1], NO_PAIRS)


def _bidirectional(graph: DirectedGraph, rng: np.random.Generator) -> LinkSplit:
    both_ways = reciprocal(graph)
    upward = graph.edges[:, 0] < graph.edges[:, 1]
    positive = graph.edges[both_ways & upward]
    candidates = graph.edges[~both_ways & ~upward, ::-1]
    negative = rng.permutation(candidates)[: len(positive)]
    return LinkSplit(graph.edges[~(both_ways & upward)], positive, negative, NO_PAIRS)


LINK_TASKS: dict[LinkTask, Callable[[DirectedGraph, np.random.Generator], LinkSplit]] = {
    "general": _general,
    "biased": _biased,
    "bidirectional": _bidirectional,
}


def _random_non_edges(graph: DirectedGraph, count: int, rng: np.random.Generator) -> Pairs:
    """Uniform sample of distinct non-edges between different nodes; fewer than ``count`` if none are left."""
    size = graph.num_nodes
    loops = np.arange(size) * (size + 1)
    taken = np.union1d(_codes(graph.edges, graph), loops)
    count = min(count, size**2 - len(taken))
    chosen = np.empty(0, dtype=np.int64)
    while len(chosen) < count:
        drawn = rng.integers(size**2, size=2 * count)
        chosen = np.concatenate([chosen, drawn[~np.isin(drawn, taken)]])
        chosen = chosen[np.sort(np.unique(chosen, return_index=True)[1])]
    return np.stack(np.divmod(chosen[:count], size), axis=1)


def _codes(pairs: Pairs, graph: DirectedGraph) -> npt.NDArray[np.int64]:
    """One integer per pair."""
    return pairs[:, 0] * graph.num_nodes + pairs[:, 1]
