"""Cross-validation on the measured cells: a model refitted without each fold, and what it says of it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.splits.folds import equitable_folds
from lit_models.loading.config import ModelConfig
from recovery.intervals.target_factors import target_factors
from recovery.predictions import Predictions, predict

FOLDS = 10
LEAST_STRETCH, MOST_STRETCH = 0.5, 3.0
PSEUDO_CELLS = 10.0  # that a score of 1 suits as it is
FARTHEST = 4.0  # scales that a cell may lie off its target's mean and still count in full


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossValidated:
    """A model on a partly measured matrix, fitted to all of its measured cells and without each of K folds.

    Scales include the targets' factors, which residuals of the same folds say.

    Attributes:
        fold_of: [N, N] int64, fold of each measured cell; −1 for all others.
        mean: [N, N] float64, prediction from all measured cells, in the table's unit.
        scale: [N, N] float64 > 0, how far off it may be, up to a common factor.
        fold_mean: [K, N, N] float64, predictions without each fold.
        fold_scale: [K, N, N] float64 > 0.
        held_out_mean: [N, N] float64, prediction of each measured cell without its fold; elsewhere ``mean``.
        held_out_score: [N, N] float64, the same in standard deviations from the target's mean.
        residual: [N, N] float64, measured value minus ``held_out_mean``, in units of its scale; 0 elsewhere.
    """

    fold_of: npt.NDArray[np.int64]
    mean: FloatMatrix
    scale: FloatMatrix
    fold_mean: npt.NDArray[np.float64]
    fold_scale: npt.NDArray[np.float64]
    held_out_mean: FloatMatrix
    held_out_score: FloatMatrix
    residual: FloatMatrix

    @property
    def measured(self) -> BoolMatrix:
        """[N, N] bool, the cells that were cross-validated."""
        return self.fold_of >= 0

    @property
    def held_out_scale(self) -> FloatMatrix:
        """[N, N] float64, scale of each measured cell's prediction without its fold; elsewhere ``scale``."""
        return _held_out(self.fold_scale, self.fold_of, elsewhere=self.scale)


def cross_validate(
    config: ModelConfig,
    table: AffinityTable,
    measured: BoolMatrix,
    fold_of: npt.NDArray[np.int64],
    *,
    seed: int = 0,
) -> CrossValidated:
    """Fit a model to all measured cells, and again without each fold; standardisation is refitted each time.

    Scores are stretched by the one factor that suits the held-out cells best: a model that orders sources
    well may be too timid, or too bold, about how far they lie apart.

    Args:
        config: the model.
        table: the matrix; read only where measured.
        measured: [N, N] bool.
        fold_of: folds of the measured cells, from :func:`make_folds`.
        seed: seed of initial weights and noise.

    Returns:
        Predictions and residuals.
    """
    masks = [measured, *(measured & (fold_of != fold) for fold in range(fold_of.max() + 1))]
    predicted = predict(config, table, masks, seed=seed)
    means = predicted.mean(_fitting_stretch(predicted, table.value, fold_of))
    mean, fold_mean = means[0], means[1:]
    scale, fold_scale = predicted.scale[0], predicted.scale[1:]
    held_out = _held_out(fold_mean, fold_of, elsewhere=mean)
    held_out_scale = _held_out(fold_scale, fold_of, elsewhere=scale)
    residual = np.zeros_like(held_out)
    # Elsewhere, a scale may be 0: outside the sources × targets of a bipartite table.
    np.divide(table.value - held_out, held_out_scale, out=residual, where=measured)
    factors = target_factors(np.abs(residual), measured)
    return CrossValidated(
        fold_of=fold_of,
        mean=mean,
        scale=scale * factors.of_target,
        fold_mean=fold_mean,
        fold_scale=fold_scale * factors.of_target,
        held_out_mean=held_out,
        held_out_score=_held_out(predicted.score[1:], fold_of, elsewhere=predicted.score[0]),
        residual=residual / factors.of_cell,
    )


def _fitting_stretch(predicted: Predictions, value: FloatMatrix, fold_of: npt.NDArray[np.int64]) -> float:
    """Least squares of held-out cells, in units of their scale, by their scores, drawn towards 1."""
    rows, columns = np.nonzero(fold_of >= 0)
    choice = fold_of[rows, columns] + 1
    unit, level = (each[choice, 0, columns] for each in (predicted.unit, predicted.level))
    scale = predicted.scale[choice, rows, columns]
    off = np.clip((value[rows, columns] - level) / scale, -FARTHEST, FARTHEST)
    said = predicted.score[choice, rows, columns] * unit / scale
    prior = PSEUDO_CELLS * float(np.mean(said**2))
    if prior == 0.0:
        return 1.0
    return float(np.clip((said @ off + prior) / (said @ said + prior), LEAST_STRETCH, MOST_STRETCH))


def make_folds(measured: BoolMatrix, *, folds: int = FOLDS, seed: int = 0) -> npt.NDArray[np.int64]:
    """Partition the measured cells, balanced in every row and column, and in all.

    Args:
        measured: [N, N] bool, at least two entries.
        folds: how many at most.
        seed: seed of the partition.

    Returns:
        [N, N] int64, −1 where not measured.
    """
    total = int(measured.sum())
    count, rng = min(folds, total), np.random.default_rng(seed)
    fold_of = equitable_folds(measured, folds=count, rng=rng)
    # Cells that share no row and no column are balanced in any fold, even all in one.
    if np.bincount(fold_of[measured]).max() >= 2 * -(-total // count):
        fold_of[measured] = rng.permutation(total) % count
    return fold_of


def _held_out(
    of_fold: npt.NDArray[np.float64], fold_of: npt.NDArray[np.int64], *, elsewhere: FloatMatrix
) -> FloatMatrix:
    """What the fit without a cell's fold says of it."""
    rows, columns = np.nonzero(fold_of >= 0)
    result = elsewhere.copy()
    result[rows, columns] = of_fold[fold_of[rows, columns], rows, columns]
    return result
