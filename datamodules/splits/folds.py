"""Equitable folds: a partition of a table's entries that is balanced in every row and column."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix


def equitable_folds(eligible: BoolMatrix, *, folds: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Partition entries so that the folds' counts differ by at most one in every row and column.

    An equitable edge colouring of the bipartite graph sources × targets (de Werra, 1971): each row and each
    column is divided into chunks of ``folds`` entries in random order. In the graph whose vertices are the
    chunks, no degree exceeds ``folds``, so it has a proper colouring with that many colours (König, 1916),
    found here by swapping colours along alternating paths. A full chunk then has every colour once.

    Args:
        eligible: [N, N] bool, the entries to partition.
        folds: number of folds.
        rng: source of the random order.

    Returns:
        [N, N] int64: the fold of each entry, −1 where not eligible.
    """
    edges = rng.permutation(np.argwhere(eligible))
    tails = _chunks(edges[:, 0], folds=folds, rng=rng)
    heads = _chunks(edges[:, 1], folds=folds, rng=rng) + tails.max(initial=-1) + 1
    # joined[colour][vertex] = the vertex at the other end of its edge of that colour, -1 without one; column
    # chunks come after row chunks in one numbering. Lists: single elements of arrays are ten times slower.
    joined = [[-1] * (heads.max(initial=-1) + 1) for _ in range(folds)]
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        # Loops, not generators: this is the time of the whole.
        for free_at_tail in joined:
            if free_at_tail[tail] < 0:
                break
        for free_at_head in joined:
            if free_at_head[head] < 0:
                break
        if free_at_tail is not free_at_head:
            _free(free_at_tail, head, other=free_at_head)
        free_at_tail[tail] = head
        free_at_tail[head] = tail
    colour = np.argmax(np.array(joined, dtype=np.int64)[:, tails] == heads, axis=0)
    result = np.full(eligible.shape, -1)
    result[edges[:, 0], edges[:, 1]] = rng.permutation(folds)[colour]
    return result


def _chunks(
    vertex_of_edge: npt.NDArray[np.int64], *, folds: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Divide each vertex's edges at random into chunks of at most ``folds``: [E] int64, each edge's chunk."""
    chunk = np.empty(len(vertex_of_edge), dtype=np.int64)
    by_vertex = np.argsort(vertex_of_edge, kind="stable")
    ends = np.cumsum(np.bincount(vertex_of_edge))
    used = 0
    for edges in np.split(by_vertex, ends[:-1]):
        own = rng.permutation(edges)
        chunk[own] = used + np.arange(len(own)) // folds
        used += -(-len(own) // folds)
    return chunk


def _free(wanted: list[int], vertex: int, *, other: list[int]) -> None:
    """Swap two colours along the alternating path from ``vertex``, so that it lacks ``wanted``.

    The vertex lacks ``other``, or both. The path cannot return to the vertex that already lacks ``wanted``,
    since the graph is bipartite.
    """
    while (following := wanted[vertex]) >= 0:
        wanted[vertex], other[vertex] = other[vertex], following
        vertex, wanted, other = following, other, wanted
    wanted[vertex], other[vertex] = other[vertex], following
