"""A few sources that serve all targets well, in milliseconds: greedy choice, then exchange."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.selection.source_sets import IntVector


def sources_by_exchange(worth: FloatMatrix, *, count: int) -> IntVector:
    """Choose the sources with a large sum over targets of the best transfer from them.

    Sources are added one by one, each the best beside those before (Nemhauser et al., Mathematical
    Programming 1978); then one is exchanged for another for as long as that helps (Teitz and Bart, Operations
    Research 1968). So no single exchange is better. The optimum, by
    :func:`recovery.selection.shared_sources.shared_sources`, takes minutes where a thousand are alike.

    Args:
        worth: [S, T] float64, transfers in a unit that the targets have in common.
        count: how many sources, at most S.

    Returns:
        Indices of the sources, increasing.

    >>> sources_by_exchange(np.array([[2.0, 2.0], [3.0, 0.0], [0.0, 3.0]]), count=2)
    array([1, 2])
    """
    chosen: list[int] = []
    for _ in range(min(count, len(worth))):
        chosen.append(_best_beside(worth, chosen))
    exchanged = True
    while exchanged:
        exchanged = False
        for place, old in enumerate(chosen):
            others = chosen[:place] + chosen[place + 1 :]
            new = _best_beside(worth, others)
            if _total(worth, [*others, new]) > _total(worth, [*others, old]):
                chosen[place], exchanged = new, True
    return np.sort(np.array(chosen, dtype=np.int64))


def _best_beside(worth: FloatMatrix, others: list[int]) -> int:
    reached = worth[others].max(0, initial=-np.inf)
    totals = np.maximum(worth, reached).sum(1)
    totals[others] = -np.inf
    return int(totals.argmax())


def _total(worth: FloatMatrix, chosen: list[int]) -> float:
    return float(worth[chosen].max(0).sum())
