"""Models of a large table, tried on the same hidden cells."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from benchmark.metrics.sparse_correlation import sparse_per_target_spearman
from benchmark.running.fit_sparse import FittedSparse, fit_sparse, sparse_data_for
from benchmark.scoring.intervals import mean_of_finite
from datamodules.sparse.splits import SparseSplit
from datamodules.sparse.table import SparseAffinityTable
from lit_models.loading.config import ModelConfig
from recovery.candidates import Expectation
from recovery.sparse.calibration import Calibration


class SparseCandidate(NamedTuple):
    """A model that was tried.

    Attributes:
        expected: what is expected of it.
        fitted: it, fitted to all but the hidden cells.
        calibration: what these say of its scores.
    """

    expected: Expectation
    fitted: FittedSparse
    calibration: Calibration


def try_sparse_models(
    configs: Sequence[ModelConfig], table: SparseAffinityTable, split: SparseSplit, *, level: float, seed: int
) -> Iterator[SparseCandidate]:
    """Fit models one after the other, and judge each by the query cells.

    Args:
        configs: the models.
        table: the table.
        split: hides the query cells.
        level: share of cells that intervals are to cover.
        seed: seed of initial weights and noise.

    Yields:
        Each model as soon as it is done.
    """
    query = split.query
    source, target, value = table.source[query], table.target[query], table.value[query]
    for config in configs:
        fitted = fit_sparse(config, sparse_data_for(config, table, split), seed=seed)
        scores = fitted.scores(source, target)
        calibration = Calibration.of(fitted, scores, level=level)
        spearman = sparse_per_target_spearman(scores, value, target, targets=len(table.target_names))
        mean = float(mean_of_finite(spearman))
        expected = Expectation(config.name, calibration.error, mean if np.isfinite(mean) else None, None)
        yield SparseCandidate(expected, fitted, calibration)
