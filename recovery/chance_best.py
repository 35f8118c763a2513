"""How likely each source is the best of its target, given the errors that cross-validation saw."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.cross_validation import CrossValidated

DRAWS = 1000
# Powers that chances may be raised to: below 1, they are less sure than the draws say.
_SHARPNESS = np.geomspace(0.2, 2.0, 24)
_PRIOR_DEVIATION = 0.5  # of the power's logarithm: few targets say little about it
BINS = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0])

FloatVector = npt.NDArray[np.float64]


class ChanceBin(NamedTuple):
    """Cells of about the same chance to be the best.

    Attributes:
        said: their mean chance.
        came_true: share of them that are the best.
        cells: how many there are.
    """

    said: float
    came_true: float
    cells: int


class ChanceCalibration(NamedTuple):
    """What the measured cells say of chances.

    Attributes:
        power: what chances are raised to before they are normalised.
        checked: how they then fare on the measured cells, each fold hidden in turn.
    """

    power: float
    checked: list[ChanceBin]


class _Check(NamedTuple):
    """One fold hidden: chances of the measured cells of its targets, of which the hidden ones are open."""

    chance: FloatMatrix
    candidates: BoolMatrix
    hidden: BoolMatrix


def calibrate_chances(cv: CrossValidated, value: FloatMatrix, *, seed: int = 0) -> ChanceCalibration:
    """Find the power of the chances under which the truth is most likely on the measured cells.

    There, each fold is hidden in turn, and which source is the best of the measured ones is known.

    Args:
        cv: the model.
        value: [N, N] float64, higher = better; read only where ``cv`` measured.
        seed: seed of the draws.

    Returns:
        The power and a check of the chances.
    """
    rng = np.random.default_rng(seed)
    best = cv.measured & (value == np.where(cv.measured, value, -np.inf).max(0))
    checks = _checks(cv, value, rng)
    power = _fitted_power(checks, best)
    said = [sharpened(check.chance, check.candidates, power)[check.hidden] for check in checks]
    true = [best[check.hidden].astype(np.float64) for check in checks]
    return ChanceCalibration(power, chance_bins(np.concatenate(said), np.concatenate(true)))


def chances_best(
    cv: CrossValidated,
    value: FloatMatrix,
    candidates: BoolMatrix,
    *,
    power: float,
    known: BoolMatrix,
    noise: FloatMatrix,
    widening: float = 1.0,
    seed: int = 0,
) -> FloatMatrix:
    """Chance that a source is the best of its target, over joint draws of the target's cells.

    A known cell has its value and noise; any other its prediction and a residual drawn from cross-validation.

    Args:
        cv: the model.
        value: [N, N] float64, higher = better; read only where known.
        candidates: [N, N] bool, the cells that compete.
        power: from :func:`calibrate_chances`.
        known: [N, N] bool, cells with a value.
        noise: [N, N] float64 ≥ 0, standard error of each known value.
        widening: factor of the residuals, where cross-validation is known to see too small ones.
        seed: seed of the draws.

    Returns:
        [N, N] float64 in [0, 1]; sums to 1 over the candidates of a target, 0 elsewhere.
    """
    residuals = cv.residual[cv.measured] * widening
    centre = np.where(known, value, cv.mean)
    rng = np.random.default_rng(seed)
    drawn = _drawn_chances(centre, cv.scale, ~known, candidates, residuals, noise, rng)
    return sharpened(drawn, candidates, power)


def sharpened(chances: FloatMatrix, candidates: BoolMatrix, power: float) -> FloatMatrix:
    """Chances of each target raised to a power and normalised.

    Args:
        chances: [N, N] float64.
        candidates: [N, N] bool.
        power: 1 for no change.

    Returns:
        [N, N] float64; 0 where there is no candidate.
    """
    raised = np.where(candidates, chances**power, 0.0)
    total = raised.sum(0)
    return raised / np.where(total > 0.0, total, 1.0)


def chance_bins(said: FloatVector, true: FloatVector) -> list[ChanceBin]:
    """Compare chances with how often they came true.

    Args:
        said: [n] float64 in [0, 1].
        true: [n] float64, 1 where it came true, else 0.

    Returns:
        One entry per bin of :data:`BINS` with cells in it.

    >>> chance_bins(np.array([0.5, 0.5, 0.0]), np.array([1.0, 0.0, 0.0]))
    [ChanceBin(said=0.0, came_true=0.0, cells=1), ChanceBin(said=0.5, came_true=0.5, cells=2)]
    """
    number = np.clip(np.digitize(said, BINS) - 1, 0, len(BINS) - 2)
    return [
        ChanceBin(float(said[own].mean()), float(true[own].mean()), int(own.sum()))
        for own in (number == each for each in range(len(BINS) - 1))
        if own.any()
    ]


def calibration_error(bins: list[ChanceBin]) -> float:
    """Expected calibration error: mean gap between chance and share that came true, over cells.

    As in Naeini, Cooper & Hauskrecht (AAAI 2015), with the bins of :func:`chance_bins`.

    >>> calibration_error([ChanceBin(0.5, 0.75, 4), ChanceBin(0.0, 0.0, 12)])
    0.0625
    """
    cells = sum(each.cells for each in bins)
    return sum(each.cells * abs(each.said - each.came_true) for each in bins) / cells if cells else 0.0


def _checks(cv: CrossValidated, value: FloatMatrix, rng: np.random.Generator) -> list[_Check]:
    residuals = cv.residual[cv.measured]
    contested = cv.measured.sum(0) > 1
    checks = []
    for fold, (mean, scale) in enumerate(zip(cv.fold_mean, cv.fold_scale, strict=True)):
        hidden = (cv.fold_of == fold) & contested
        candidates = cv.measured & hidden.any(0)
        centre, no_noise = np.where(hidden, mean, value), np.zeros(value.shape)
        chance = _drawn_chances(centre, scale, hidden, candidates, residuals, no_noise, rng)
        checks.append(_Check(chance, candidates, hidden))
    return checks


def _fitted_power(checks: list[_Check], best: BoolMatrix) -> float:
    """The power under which the sources that are best among the measured ones are most likely."""
    loss = (np.log(_SHARPNESS) / _PRIOR_DEVIATION) ** 2 / 2
    for check in checks:
        targets = check.candidates.any(0)
        for place, power in enumerate(_SHARPNESS):
            said = np.where(best, sharpened(check.chance, check.candidates, float(power)), 0.0).sum(0)
            loss[place] -= np.log(said[targets]).sum()
    return float(_SHARPNESS[loss.argmin()])


def _drawn_chances(
    centre: FloatMatrix,
    scale: FloatMatrix,
    uncertain: BoolMatrix,
    candidates: BoolMatrix,
    residuals: FloatVector,
    noise: FloatMatrix,
    rng: np.random.Generator,
) -> FloatMatrix:
    """Share of draws in which a cell is the best of its target, half a draw added to each."""
    chances = np.zeros(centre.shape)
    for target in np.flatnonzero(candidates.any(0)):
        rows = np.flatnonzero(candidates[:, target])
        shape = (DRAWS, len(rows))
        drawn = centre[rows, target] + np.where(
            uncertain[rows, target],
            scale[rows, target] * rng.choice(residuals, size=shape),
            noise[rows, target] * rng.standard_normal(shape),
        )
        best = drawn == drawn.max(1, keepdims=True)
        counts = (best / best.sum(1, keepdims=True)).sum(0)
        chances[rows, target] = (counts + 0.5) / (DRAWS + 0.5 * len(rows))
    return chances
