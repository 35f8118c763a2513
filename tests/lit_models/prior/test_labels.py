"""Labels: clusters, and what becomes of them."""

import numpy as np
import pytest

from lit_models.prior.labels import corrupted, cut, draw_clusters


def test_clusters_are_few_or_many_and_of_unequal_sizes() -> None:
    drawn = [draw_clusters(np.random.default_rng(seed), 20) for seed in range(200)]
    used = [len(np.unique(each)) for each in drawn]
    assert all(each.shape == (20,) and each.min() >= 0 for each in drawn)
    assert min(used) <= 2
    assert max(used) >= 9
    assert any(np.bincount(each).max() >= 12 for each in drawn)


def test_a_label_left_untouched_is_the_same() -> None:
    label = np.array([0, 1, 1, 2])
    assert corrupted(np.random.default_rng(0), label, untouched=1.0) is label


def test_corruption_keeps_most_of_a_clustering() -> None:
    """Two tasks of one cluster mostly stay together, and sometimes do not."""
    label = np.repeat(np.arange(5), 6)
    together = label[:, None] == label
    kept = []
    for seed in range(100):
        other = corrupted(np.random.default_rng(seed), label, untouched=0.0)
        assert other.shape == label.shape
        assert other.min() >= 0
        kept.append((other[:, None] == other)[together].mean())
    assert 0.6 < np.mean(kept) < 0.95
    assert min(kept) < 0.6


@pytest.mark.parametrize("pieces", [2, 5])
def test_a_cut_orders_labels_as_the_number(pieces: int) -> None:
    rng = np.random.default_rng(1)
    number = rng.normal(size=40)
    label = cut(rng, number, pieces=pieces)
    assert set(label) <= set(range(pieces))
    assert (np.diff(label[np.argsort(number)]) >= 0).all()
