"""Coverage, width and interval score, by hand; and the board over datasets."""

import numpy as np
import pytest

from recovery.chance_best import ChanceBin
from recovery.intervals.interval import Intervals
from recovery.tracks.coverage.board import cells_of, coverage_rows
from recovery.tracks.coverage.result import CoverageResult, CoverageSubject
from recovery.tracks.coverage.scores import LEVELS, LevelScores, PromiseScores, TargetCoverage, TestCells


def test_scores_by_hand() -> None:
    truth = np.array([[0.0, 0.0], [2.0, 4.0]])  # deviations 1 and 2
    everything = np.ones((2, 2), bool)
    intervals = Intervals(np.array([[-1.0, 1.0], [-np.inf, 3.0]]), np.array([[1.0, 5.0], [np.inf, 7.0]]))
    cells = TestCells(truth, everything, ["a", "b"])
    chances = np.array([[0.0, 0.5], [1.0, 0.5]])
    cells.add(everything, dict.fromkeys(LEVELS, intervals))
    cells.add_chances(everything, chances)
    scores = cells.scores()
    level = scores.levels["0.9"]
    assert level.coverage == 0.75  # 0 is not in [1, 5]
    assert level.unbounded == 0.25
    assert level.width == pytest.approx((2 + 4 / 2 + 4 / 2) / 3)
    assert level.interval_score == pytest.approx(level.width + 2 / 0.1 * (1 / 2) / 3)
    assert scores.targets == {"a": (2, 2), "b": (1, 2)}
    assert scores.chances == [ChanceBin(0.0, 0.0, 1), ChanceBin(0.5, 0.5, 2), ChanceBin(1.0, 1.0, 1)]


def result(dataset: str, model: str, *, coverage: float, width: float | None) -> CoverageResult:
    level = LevelScores(coverage=coverage, width=width, interval_score=width, unbounded=0.1)
    scores = PromiseScores(
        levels={f"{each:g}": level for each in LEVELS},
        targets={"few": TargetCoverage(0, 39), "many": TargetCoverage(round(40 * coverage), 40)},
        chances=[ChanceBin(0.1, 0.2, 10)],
    )
    subject = CoverageSubject(
        track_version=1,
        dataset=dataset,
        regime="r",
        label="l",
        dataset_hash="",
        model=model,
        source_hash="",
        recovery_hash="",
        repeats=1,
    )
    return CoverageResult(subject=subject, patterns={"1/3 at random": {"drawn": scores}}, versions={})


def test_a_row_is_over_datasets_and_against_the_source_mean() -> None:
    results = [
        result("one", "source-mean", coverage=0.9, width=2.0),
        result("two", "source-mean", coverage=0.9, width=4.0),
        result("three", "source-mean", coverage=0.9, width=None),
        result("one", "mine", coverage=0.95, width=1.0),
        result("two", "mine", coverage=0.85, width=3.0),
        result("three", "mine", coverage=0.9, width=1.0),
    ]
    rows = {row.model: row for row in coverage_rows(results)}
    mine = rows["mine"]
    assert mine.coverage == pytest.approx(0.9)
    assert (mine.worst, mine.worst_dataset) == (0.85, "two")
    assert mine.low_targets == pytest.approx(np.quantile([38 / 40, 34 / 40, 36 / 40], 0.1))
    assert mine.width == pytest.approx((1 / 2 + 3 / 4) / 2)
    assert rows["source-mean"].width == 1.0
    assert mine.chance_error == pytest.approx(0.1)
    assert cells_of(mine)[:5] == ["drawn", "1/3 at random", "mine", "3", "0.900"]
