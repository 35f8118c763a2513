"""What is scored: coverage, width, interval score, unbounded intervals, and chances to be the best."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.standardise import column_moments
from recovery.chance_best import ChanceBin, chance_bins
from recovery.intervals.interval import Intervals

LEVELS = (0.8, 0.9, 0.95)
HEADLINE_LEVEL = 0.9


class LevelScores(BaseModel):
    """Scores of the intervals of one level, over all test cells of all repeats and draws.

    Attributes:
        coverage: share of the test cells inside their intervals.
        width: mean width of the bounded intervals, in standard deviations of the target; None without any.
        interval_score: mean of width plus 2 / (1 − level) times the distance of a value outside (Gneiting &
            Raftery, JASA 2007), bounded intervals only; lower is better.
        unbounded: share of the test cells with an unbounded interval.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    coverage: float
    width: float | None
    interval_score: float | None
    unbounded: float


class TargetCoverage(NamedTuple):
    """Test cells of a target at the headline level, pooled over repeats and draws."""

    covered: int
    cells: int


class PromiseScores(BaseModel):
    """Scores of a promise under a pattern.

    Attributes:
        levels: by level, as it is written.
        targets: by name.
        chances: how chances to be the best came true, over all cells of targets that were not fully measured.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    levels: dict[str, LevelScores]
    targets: dict[str, TargetCoverage]
    chances: list[ChanceBin]


class TestCells:
    """Collects the test cells of a pattern's episodes.

    Args:
        truth: [N, N] float64, the whole matrix.
        eligible: [N, N] bool.
        task_names: N names.
    """

    __test__ = False  # not a class of tests

    def __init__(self, truth: FloatMatrix, eligible: BoolMatrix, task_names: Sequence[str]) -> None:
        self._truth = truth
        self._eligible = eligible
        self._names = task_names
        self._unit = column_moments(truth, eligible)[1]
        self._best = eligible & (truth == np.where(eligible, truth, -np.inf).max(0))
        self._cells: dict[float, list[npt.NDArray[np.float64]]] = {level: [] for level in LEVELS}
        self._targets: list[npt.NDArray[np.int64]] = []
        self._chances: list[npt.NDArray[np.float64]] = []

    def add(self, test: BoolMatrix, intervals: dict[float, Intervals]) -> None:
        """Add the intervals of an episode.

        Args:
            test: [N, N] bool, its test cells.
            intervals: by level.
        """
        rows, targets = np.nonzero(test)
        truth, unit = self._truth[rows, targets], self._unit[targets]
        for level, found in intervals.items():
            low, high = found.low[rows, targets], found.high[rows, targets]
            outside = np.maximum(np.maximum(low - truth, truth - high), 0.0)
            self._cells[level].append(np.stack([(high - low) / unit, outside / unit], 1))
        self._targets.append(targets)

    def add_chances(self, test: BoolMatrix, chances: FloatMatrix) -> None:
        """Add the chances of an episode.

        Args:
            test: [N, N] bool, its test cells.
            chances: [N, N] float64, of each source to be the best of its target.
        """
        open_ones = self._eligible & test.any(0)
        self._chances.append(np.stack([chances[open_ones], self._best[open_ones]], 1))

    def scores(self) -> PromiseScores:
        """The scores of all episodes together."""
        targets = np.concatenate(self._targets)
        covered = np.concatenate(self._cells[HEADLINE_LEVEL])[:, 1] == 0.0
        said, true = np.concatenate(self._chances).T
        return PromiseScores(
            levels={
                f"{level:g}": _level_scores(np.concatenate(self._cells[level]), level) for level in LEVELS
            },
            targets={
                self._names[each]: TargetCoverage(
                    int(covered[targets == each].sum()), int((targets == each).sum())
                )
                for each in np.unique(targets)
            },
            chances=chance_bins(said, true),
        )


def _level_scores(cells: npt.NDArray[np.float64], level: float) -> LevelScores:
    width, outside = cells.T
    bounded = np.isfinite(width)
    score = width[bounded] + 2.0 / (1.0 - level) * outside[bounded]
    return LevelScores(
        coverage=float((outside == 0.0).mean()),
        width=float(width[bounded].mean()) if bounded.any() else None,
        interval_score=float(score.mean()) if bounded.any() else None,
        unbounded=float((~bounded).mean()),
    )
