"""How good a matrix is as a guide: what its best sources lose, and how well it orders them."""

import numpy as np
import torch

from benchmark.metrics.correlation import per_target_spearman
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.target_units import FloatVector


def spans(table: AffinityTable) -> FloatVector:
    """Range of each target's values, [N] float64; 0 for a target without two different ones."""
    low = np.where(table.eligible, table.value, np.inf).min(0)
    high = np.where(table.eligible, table.value, -np.inf).max(0)
    return np.where(high > low, high - low, 0.0)


def regret(table: AffinityTable, guide: FloatMatrix) -> float:
    """What is lost by taking the source that looks best, as a share of the target's range: mean over targets.

    Args:
        table: the truth.
        guide: [N, N] float64, values as measured or else as predicted.

    Returns:
        In [0, 1]. Of sources that look equally good, one is drawn.
    """
    span = spans(table)
    looks = np.where(table.eligible, guide, -np.inf)
    top = looks >= looks.max(0)
    taken = np.where(top & table.eligible, table.value, 0.0).sum(0) / np.maximum(top.sum(0), 1)
    best = np.where(table.eligible, table.value, -np.inf).max(0)
    counted = span > 0
    return float(((best - taken)[counted] / span[counted]).mean())


def spearman(table: AffinityTable, guide: FloatMatrix) -> float:
    """Mean per-target Spearman of a matrix with the truth, measured cells included.

    Args:
        table: the truth.
        guide: [N, N] float64.

    Returns:
        In [−1, 1].
    """
    mask: BoolMatrix = table.eligible
    scores, truth = (torch.from_numpy(np.where(mask, each, 0.0)) for each in (guide, table.value))
    found = per_target_spearman(scores, truth, torch.from_numpy(mask))
    return float(found[found.isfinite()].mean())
