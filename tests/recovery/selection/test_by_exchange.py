"""Sources by greedy choice and exchange, beside the exact ones."""

import numpy as np
import pytest

from recovery.selection.by_exchange import sources_by_exchange
from recovery.selection.shared_sources import shared_sources
from recovery.selection.source_sets import single_sources


def total(worth: np.ndarray, sources: np.ndarray) -> float:
    return float(worth[sources].max(0).sum())


def test_what_is_best_alone_gives_way_to_what_is_best_together() -> None:
    worth = np.array([[2.0, 2.0, 2.0, 2.0], [3.0, 3.0, 0.0, 0.0], [0.0, 0.0, 3.0, 3.0]])
    assert sources_by_exchange(worth, count=1).tolist() == [0]
    assert sources_by_exchange(worth, count=2).tolist() == [1, 2]
    assert sources_by_exchange(worth, count=5).tolist() == [0, 1, 2]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_choice_is_the_exact_one_or_nearly(count: int) -> None:
    shares = []
    for seed in range(10):
        worth = np.random.default_rng(seed).normal(size=(12, 8))
        names = [str(target) for target in range(8)]
        exact = shared_sources(single_sources(worth), budget=count, target_names=names)
        found = sources_by_exchange(worth, count=count)
        assert len(set(found.tolist())) == count
        shares.append(total(worth, found) / exact.total)
    assert max(shares) < 1 + 1e-9
    assert np.mean(shares) > 0.99
    if count == 1:
        assert shares == pytest.approx([1.0] * 10)
