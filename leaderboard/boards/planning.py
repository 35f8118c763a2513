"""Planning strategies compared: whether ours is worse than the best other one anywhere, and what it saves."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from leaderboard.boards.aggregate import holm
from leaderboard.claims.verdicts import SIGNIFICANCE
from leaderboard.statistics.signed_rank import wilcoxon_signed_rank
from recovery.target_units import FloatVector
from recovery.tracks.campaign.board import area, campaigns, dataset_curve
from recovery.tracks.campaign.result import PlanResult


class AgainstBest(NamedTuple):
    """A strategy beside the best other one on a dataset, whichever that is there.

    Attributes:
        dataset: its name.
        rival: the other strategy with the smallest area under its curve of regret.
        own: [P] float64, mean regret of the strategy at each point.
        other: [P] float64, that of the rival.
        worse: where the strategy is worse, by Wilcoxon's signed-rank test over starts with Holm's correction
            over all datasets and points: points in words.
    """

    dataset: str
    rival: str
    own: FloatVector
    other: FloatVector
    worse: list[str]


def against_best(results: Sequence[PlanResult], strategy: str) -> list[AgainstBest]:
    """Compare a strategy with the best other one of each dataset, picked by the scores that are compared.

    Args:
        results: of the new-target track.
        strategy: name of the strategy.

    Returns:
        A row per dataset on which it has a result.
    """
    pairs = []
    for own in (result for result in results if result.subject.strategy == strategy):
        rivals = [
            result
            for result in results
            if result.subject.dataset == own.subject.dataset
            and result is not own
            and _campaigns(result) == _campaigns(own)
        ]
        if rivals:
            pairs.append((own, min(rivals, key=_area)))
    p_values = [p for own, rival in pairs for p in _p_values(own, rival)]
    corrected = iter(holm(p_values))
    rows = []
    for own, rival in pairs:
        points = own.starts[0].points
        worse = [f"{point:g}" for point in points if next(corrected) < SIGNIFICANCE]
        rows.append(
            AgainstBest(
                own.subject.dataset,
                rival.subject.strategy,
                dataset_curve(own, "regret"),
                dataset_curve(rival, "regret"),
                worse,
            )
        )
    return rows


def share_saved(
    results: Sequence[PlanResult], strategy: str, measure: str, *, name: str, at: float
) -> dict[str, float | None]:
    """Which share a strategy measures, of what random order does, to be as good.

    Args:
        results: of the budget track.
        strategy: name of the strategy.
        measure: ``regret`` or ``spearman``.
        name: of the campaigns.
        at: the share of the matrix that random order measures.

    Returns:
        By dataset: the first share at which the strategy is as good, by linear interpolation between points,
        over ``at``; None if it never is.
    """
    found: dict[str, float | None] = {}
    random = {each.subject.dataset: each for each in results if each.subject.strategy == "random"}
    for own in (result for result in results if result.subject.strategy == strategy):
        other = random.get(own.subject.dataset)
        if other is None or not campaigns(own, name):
            continue
        points = campaigns(own, name)[0].points
        sign = -1.0 if measure == "regret" else 1.0
        needed = float(np.interp(at, points, sign * dataset_curve(other, measure, name=name)))
        found[own.subject.dataset] = _first_share(
            points, sign * dataset_curve(own, measure, name=name), needed, at
        )
    return found


def _first_share(points: Sequence[float], curve: FloatVector, needed: float, at: float) -> float | None:
    reached = np.flatnonzero(curve >= needed)
    if not len(reached):
        return None
    first = int(reached[0])
    if not first:
        return points[0] / at
    low, high = curve[first - 1], curve[first]
    share = points[first - 1] + (needed - low) / (high - low) * (points[first] - points[first - 1])
    return float(share / at)


def _campaigns(result: PlanResult) -> set[tuple[int, str]]:
    return {(start.number, start.name) for start in result.starts}


def _area(result: PlanResult) -> float:
    return area(result.starts[0].points, dataset_curve(result, "regret"))


def _p_values(own: PlanResult, rival: PlanResult) -> list[float]:
    """At each point, of the hypothesis that the strategy is no worse: over the targets that both had."""
    ours, theirs = _by_target(own), _by_target(rival)
    differences = np.array([ours[name] - theirs[name] for name in ours if name in theirs])
    return [wilcoxon_signed_rank(column, alternative="greater") for column in differences.T]


def _by_target(result: PlanResult) -> dict[str, FloatVector]:
    """Mean regret at each point, [P] float64, by target: starts of one target are not independent."""
    names = sorted({start.name for start in result.starts})
    return {
        name: np.mean([start.scores["regret"] for start in campaigns(result, name)], axis=0) for name in names
    }
