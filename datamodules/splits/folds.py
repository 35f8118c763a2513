"""Equitable folds: a partition of a table's entries that starves no row and no column."""

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix

_FREE = -1  # a colour without an edge, or an edge without a colour


def equitable_folds(eligible: BoolMatrix, *, folds: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Partition entries so that in every row and column the folds' counts differ by at most one.

    An equitable edge colouring of the bipartite graph sources × targets (de Werra, 1971): each row and each
    column is cut into chunks of ``folds`` entries in random order; in the graph whose vertices are chunks no
    degree exceeds ``folds``, so it has a proper colouring with that many colours (König, 1916), found here
    by swapping colours along alternating paths. A full chunk then holds every colour once.

    Args:
        eligible: [N, N] bool, the entries to partition.
        folds: number of folds.
        rng: source of the random order.

    Returns:
        [N, N] int64: the fold of each entry, −1 where not eligible.
    """
    edges = rng.permutation(np.argwhere(eligible))
    chunk_of_row = _chunks(edges[:, 0], folds=folds, rng=rng)
    chunk_of_column = _chunks(edges[:, 1], folds=folds, rng=rng)
    # Column chunks come after row chunks in one vertex numbering. Lists, because a large table has ten
    # thousands of edges and an array answers one index at a time ten times more slowly.
    tails = chunk_of_row.tolist()
    heads = (chunk_of_column + chunk_of_row.max(initial=-1) + 1).tolist()
    taken = [[_FREE] * folds for _ in range(max(heads, default=-1) + 1)]  # taken[vertex][colour] = edge
    colour = [_FREE] * len(edges)
    for edge, (tail, head) in enumerate(zip(tails, heads, strict=True)):
        free_at_tail = taken[tail].index(_FREE)
        free_at_head = taken[head].index(_FREE)
        _free_colour(head, free_at_tail, free_at_head, taken=taken, colour=colour, ends=(tails, heads))
        colour[edge] = free_at_tail
        taken[tail][free_at_tail] = taken[head][free_at_tail] = edge
    result = np.full(eligible.shape, -1)
    result[edges[:, 0], edges[:, 1]] = rng.permutation(folds)[np.array(colour, dtype=np.int64)]
    return result


def _chunks(
    vertex_of_edge: npt.NDArray[np.int64], *, folds: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Number the chunks of at most ``folds`` edges that each vertex's edges are cut into, at random."""
    chunk = np.empty(len(vertex_of_edge), dtype=np.int64)
    used = 0
    for vertex in np.unique(vertex_of_edge):
        own = rng.permutation(np.flatnonzero(vertex_of_edge == vertex))
        chunk[own] = used + np.arange(len(own)) // folds
        used += -(-len(own) // folds)
    return chunk


def _free_colour(
    vertex: int,
    wanted: int,
    other: int,
    *,
    taken: list[list[int]],
    colour: list[int],
    ends: tuple[list[int], list[int]],
) -> None:
    """Swap ``wanted`` and ``other`` along the alternating path from ``vertex``, so that it lacks ``wanted``.

    The path cannot come back to the vertex that already lacks ``wanted``: the graph is bipartite.
    """
    path: list[int] = []
    at, step = vertex, wanted
    while (edge := taken[at][step]) != _FREE:
        path.append(edge)
        at = ends[0][edge] + ends[1][edge] - at
        step = wanted + other - step
    for edge in path:
        for end in ends:
            taken[end[edge]][colour[edge]] = _FREE
    for edge in path:
        colour[edge] = wanted + other - colour[edge]
        for end in ends:
            taken[end[edge]][colour[edge]] = edge
