"""The result files of each track of this package, and what no run of it writes."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from benchmark.results.track_files import TrackFiles
from recovery.tracks.budget.shares import SHARES as BUDGET_SHARES
from recovery.tracks.campaign.result import PlanResult
from recovery.tracks.campaign.result import result_path as plan_path
from recovery.tracks.coverage.patterns import PATTERNS
from recovery.tracks.coverage.result import CoverageResult
from recovery.tracks.coverage.result import result_path as coverage_path
from recovery.tracks.coverage.scores import LEVELS, PromiseScores
from recovery.tracks.fidelity.result import FidelityResult
from recovery.tracks.fidelity.result import result_path as fidelity_path
from recovery.tracks.fidelity.starts import SHARES
from recovery.tracks.new_target.run import RUNS

MAX_STARTS = 1_000
MAX_SCORES = 50_000  # of a share, each of which is resampled a thousand times
ROUNDING = 1e-9


def _of_coverage(result: CoverageResult) -> str | None:
    for pattern, promises in result.patterns.items():
        if pattern not in PATTERNS:
            return f"patterns: {pattern!r} is none of the track"
        for promise, scores in promises.items():
            if not _is_plausible(scores):
                return f"patterns.{pattern}.{promise}: levels are missing, or a number is out of range"
    return None if any(result.patterns.values()) else "patterns: there are none"


def _is_plausible(scores: PromiseScores) -> bool:
    shares = [
        *(share for each in scores.levels.values() for share in (each.coverage, each.unbounded)),
        *(share for each in scores.chances for share in (each.said, each.came_true)),
    ]
    sizes = [
        *(each.width or 0.0 for each in scores.levels.values()),
        *(each.interval_score or 0.0 for each in scores.levels.values()),
        *(each.cells for each in scores.chances),
    ]
    return (
        scores.levels.keys() == {f"{level:g}" for level in LEVELS}
        and _between(shares, 0, 1)
        and min(sizes) >= 0
        and all(0 <= each.covered <= each.cells > 0 for each in scores.targets.values())
    )


def _of_fidelity(result: FidelityResult) -> str | None:
    starts, targets = result.subject.starts, len(result.targets)
    if starts < 1 or not 1 <= starts * targets <= MAX_SCORES or result.shares.keys() != SHARES.keys():
        return f"shares: not those of the track ({', '.join(SHARES)}), or too many starts"
    for share, scores in result.shares.items():
        for name, table, low in (("spearman", scores.spearman, -1), ("regret", scores.regret, 0)):
            rows = [[each for each in row if each is not None] for row in table]
            if len(table) != starts or any(len(row) != targets for row in table) or not all(rows):
                return f"shares.{share}.{name}: not {starts} starts of {targets} targets, or empty ones"
            if not _between((each for row in rows for each in row), low, 1):
                return f"shares.{share}.{name}: a number is out of range"
    return None


def _of_new_target(result: PlanResult) -> str | None:
    points = {start.name: RUNS for start in result.starts}
    return _of_plan(result, track="new-target", points=points, measures={"regret"})


def _of_budget(result: PlanResult) -> str | None:
    numbers = [{each.number for each in result.starts if each.name == name} for name in BUDGET_SHARES]
    if any(own != numbers[0] for own in numbers):
        return f"starts: not each of them {' and '.join(BUDGET_SHARES)}"
    measures = {"regret", "spearman", "cost"}
    return _of_plan(result, track="budget", points=BUDGET_SHARES, measures=measures)


def _of_plan(
    result: PlanResult, *, track: str, points: Mapping[str, Sequence[float]], measures: set[str]
) -> str | None:
    if result.subject.track != track:
        return f"subject.track: {result.subject.track}, not {track}"
    campaigns = {(start.number, start.name) for start in result.starts}
    if not 1 <= len(campaigns) == len(result.starts) <= MAX_STARTS:
        return "starts: none, too many, or one of them twice"
    for start in result.starts:
        place = f"starts: number {start.number}"
        if start.points != [*points.get(start.name, ())] or start.scores.keys() != measures:
            return f"{place}: its name, points or scores are none of the track"
        if any(len(curve) != len(start.points) for curve in start.scores.values()):
            return f"{place}: not one score per point"
        if not (_between(start.scores["regret"], 0, 1) and _between(start.scores.get("spearman", []), -1, 1)):
            return f"{place}: a score is out of range"
        if np.any(np.diff(start.scores.get("cost", [])) < 0) or start.seconds < 0:
            return f"{place}: cost or seconds are out of range"
    return None


def _between(numbers: Iterable[float], low: float, high: float) -> bool:
    return all(low - ROUNDING <= each <= high + ROUNDING for each in numbers)


COVERAGE = TrackFiles(
    track="the coverage track",
    kind=CoverageResult,
    place=lambda out, result: coverage_path(out, result.subject),
    problem=_of_coverage,
)
FIDELITY = TrackFiles(
    track="the fidelity track",
    kind=FidelityResult,
    place=lambda out, result: fidelity_path(out, result.subject),
    problem=_of_fidelity,
)
NEW_TARGET = TrackFiles(
    track="the new-target track",
    kind=PlanResult,
    place=lambda out, result: plan_path(out, result.subject),
    problem=_of_new_target,
)
BUDGET = TrackFiles(
    track="the budget track",
    kind=PlanResult,
    place=lambda out, result: plan_path(out, result.subject),
    problem=_of_budget,
)
