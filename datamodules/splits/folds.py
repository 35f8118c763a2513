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
    # Lists, since access to single elements of numpy arrays is ten times slower.
    ends = list(zip(tails.tolist(), heads.tolist(), strict=True))
    # taken[vertex][colour] = edge; column chunks come after row chunks in one vertex numbering
    taken = [[-1] * folds for _ in range(heads.max(initial=-1) + 1)]
    colour = [-1] * len(edges)
    for edge, (tail, head) in enumerate(ends):
        free_at_tail, free_at_head = taken[tail].index(-1), taken[head].index(-1)
        _free_colour(head, free_at_tail, free_at_head, taken=taken, colour=colour, ends=ends)
        colour[edge] = free_at_tail
        taken[tail][free_at_tail] = taken[head][free_at_tail] = edge
    result = np.full(eligible.shape, -1)
    result[edges[:, 0], edges[:, 1]] = rng.permutation(folds)[np.array(colour, dtype=np.int64)]
    return result


def _chunks(
    vertex_of_edge: npt.NDArray[np.int64], *, folds: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Divide each vertex's edges at random into chunks of at most ``folds``: [E] int64, each edge's chunk."""
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
    ends: list[tuple[int, int]],
) -> None:
    """Swap ``wanted`` and ``other`` along the alternating path from ``vertex``, so that it lacks ``wanted``.

    The path cannot return to the vertex that already lacks ``wanted``, since the graph is bipartite.
    """
    path: list[int] = []
    at, step = vertex, wanted
    while (edge := taken[at][step]) >= 0:
        path.append(edge)
        at = sum(ends[edge]) - at
        step = wanted + other - step
    for edge in path:
        for end in ends[edge]:
            taken[end][colour[edge]] = -1
    for edge in path:
        colour[edge] = wanted + other - colour[edge]
        for end in ends[edge]:
            taken[end][colour[edge]] = edge
