"""Better values for cells that were measured once, from their measurement and what the others say of them."""

import numpy as np
import torch
from torch import Tensor

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.splits.folds import equitable_folds
from datamodules.splits.protocol import Split
from datamodules.standardise import column_moments
from lit_models.base import RecoveryModel
from lit_models.kernel_ridge import KernelRidge
from lit_models.matrix_normal import MatrixNormal
from lit_models.prior_fitted import PriorFitted

# Variance of a measurement's noise, in squared units of the standardised affinity: what the matrix-normal
# model assumes by default, and not fitted to any replicates.
NOISE = 0.15
FOLDS = 5
_SEED = 20260101


def has_posterior(model: RecoveryModel) -> bool:
    """Whether a model's scores of measured cells are posterior means given their own measurements as well."""
    return isinstance(model, KernelRidge | MatrixNormal)


def combine(measured: FloatMatrix, predicted: FloatMatrix, variance: FloatMatrix | float) -> FloatMatrix:
    """Weigh a measurement against a prediction that does not know it, by their precisions.

    p + (1 − NOISE / v) (y − p), where v is the variance of a measurement y around its prediction p: the mean
    of a Gaussian posterior, and the estimator of Efron & Morris (JASA 1973) where v is estimated.

    Args:
        measured: float64 of any shape, standardised.
        predicted: float64 of the same shape.
        variance: v, of each cell or of all; a value below the noise leaves nothing of the measurement.

    Returns:
        float64 of the same shape.

    >>> combine(np.array([2.0]), np.array([0.0]), 0.6).tolist()
    [1.5]
    >>> combine(np.array([2.0]), np.array([0.0]), 0.1).tolist()
    [0.0]
    """
    weight = np.clip(1.0 - NOISE / variance, 0.0, 1.0)
    result: FloatMatrix = predicted + weight * (measured - predicted)
    return result


def combined(model: RecoveryModel, data: AffinityDataModule, position: int) -> FloatMatrix:
    """Combine each measured cell of a split with its prediction from the other measured cells.

    The measured cells are divided into five folds; each fold is hidden in turn beside the split's own hidden
    cells. The variance is the model's own where it has a predictive distribution, or else the mean square of
    the measurements around their predictions.

    Args:
        model: a model without trainable parameters.
        data: its data, transductive.
        position: index of the split.

    Returns:
        [N, N] float64 in the units of the split's standardised affinities; NaN where not measured.
    """
    split = data.splits[position]
    measured = data.training_mask(split)
    standardised = _standardised(data.table, measured)
    fold_of = equitable_folds(measured, folds=FOLDS, rng=np.random.default_rng([_SEED, split.number]))
    predicted, variance = np.full((2, *measured.shape), np.nan)
    inner = data.part([position] * FOLDS)
    inner.splits = [_hide(split, measured & (fold_of == fold)) for fold in range(FOLDS)]
    mean, deviation = column_moments(data.table.value, measured)
    for fold in range(FOLDS):
        own = fold_of == fold
        centre, scale = _predictive(model, inner, fold)
        inner_mean, inner_deviation = column_moments(data.table.value, measured & ~own)
        predicted[own] = ((centre * inner_deviation + inner_mean - mean) / deviation)[own]
        if scale is not None:
            variance[own] = ((scale * inner_deviation / deviation) ** 2)[own]
    around = float(np.nanmean((standardised - predicted) ** 2))
    return combine(standardised, predicted, np.where(np.isnan(variance), around, variance))


def scores_of(model: RecoveryModel, data: AffinityDataModule, position: int) -> FloatMatrix:
    """A model's scores of all cells of a split: [N, N] float64, standardised."""
    with torch.no_grad():
        return _array(model(data.episode(position, stage="predict").graph))


def _predictive(
    model: RecoveryModel, data: AffinityDataModule, position: int
) -> tuple[FloatMatrix, FloatMatrix | None]:
    """Mean of every cell and, if the model has one, standard deviation; both [N, N] float64."""
    if not isinstance(model, PriorFitted):
        return scores_of(model, data, position), None
    with torch.no_grad():
        mean, scale = model.predictive(data.episode(position, stage="predict").graph)
    return _array(mean), _array(scale)


def _array(values: Tensor) -> FloatMatrix:
    return np.asarray(values.double().numpy(), dtype=np.float64)


def _hide(split: Split, more: BoolMatrix) -> Split:
    """The split with more of its measured cells hidden."""
    return Split(
        number=split.number,
        repeat=split.repeat,
        observed=split.observed & ~more,
        validation=split.validation & ~more,
        query=split.query | more,
        new=split.new,
    )


def _standardised(table: AffinityTable, measured: BoolMatrix) -> FloatMatrix:
    mean, deviation = column_moments(table.value, measured)
    return np.where(measured, (table.value - mean) / deviation, np.nan)
