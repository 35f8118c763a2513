"""Spearman of cells in coordinates is that of the matrix."""

import numpy as np
import pytest
import torch

from benchmark.metrics.correlation import per_target_spearman
from benchmark.metrics.sparse_correlation import sparse_per_target_spearman


def test_values_are_those_of_the_matrix() -> None:
    rng = np.random.default_rng(0)
    mask = rng.random((30, 12)) < 0.3
    mask[:, 3] = False
    mask[:2, 3] = True  # too few
    truth = rng.integers(0, 6, size=mask.shape).astype(float)  # with ties
    truth[:, 5] = 1.0
    scores = rng.integers(0, 4, size=mask.shape) + truth
    scores[:, 7] = 2.0
    source, target = np.nonzero(mask)
    order = rng.permutation(len(source))
    source, target = source[order], target[order]
    found = sparse_per_target_spearman(scores[source, target], truth[source, target], target, targets=13)
    expected = per_target_spearman(*map(torch.from_numpy, (scores, truth, mask))).numpy()
    np.testing.assert_allclose(found[:12], expected, atol=1e-12)
    assert np.isnan(found[[3, 5, 12]]).all()
    assert found[7] == 0.0


def test_scores_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="1 of 3 scores are not finite"):
        sparse_per_target_spearman(np.array([1.0, np.nan, 2.0]), np.arange(3.0), np.zeros(3, int), targets=1)
