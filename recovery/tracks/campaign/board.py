"""Curves of planning strategies over datasets, and the areas under them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich import box
from rich.table import Table

from benchmark.results.marks import standing
from datamodules.matrix_types import FloatMatrix
from datamodules.registry import DATASETS
from recovery.strategies.names import NAMES
from recovery.target_units import FloatVector
from recovery.tracks.campaign.result import PlanResult, StartScores

BOOTSTRAPS = 1000
COSTS = 9  # points of a curve by cost


class CurveRow(NamedTuple):
    """A strategy's curve of one measure, over datasets.

    Attributes:
        strategy: its name.
        marks: of its results, on any dataset.
        points: after how much was scored.
        mean: [P] float64, mean over datasets, each the mean over its starts.
        half_width: [P] float64, half the width of the 95 % interval: bootstrap over datasets.
        area: area under the curve between the first and the last point, over their distance.
        seconds: of computing per campaign, mean over datasets.
        datasets: how many there are.
        starts: how many starts they have, all together.
    """

    strategy: str
    marks: list[str]
    points: list[float]
    mean: FloatVector
    half_width: FloatVector
    area: float
    seconds: float
    datasets: int
    starts: int

    @property
    def title(self) -> str:
        """The strategy's name, with its marks."""
        return " ".join([self.strategy, *(f"({mark})" for mark in self.marks)])


def curve_rows(results: Sequence[PlanResult], measure: str, *, name: str | None = None) -> list[CurveRow]:
    """Sum up results: of strategies with a result on every dataset that half of them have, as means need.

    A few results on another dataset do not make all others incomplete, nor do those on a matrix that is not
    published beside those that are.

    Args:
        results: of one track.
        measure: of the scores.
        name: of the campaigns, ``from nothing`` for instance; None for all.

    Returns:
        A row per strategy, in the order of their areas, smallest first.
    """
    rows = []
    for strategy, own in _everywhere(results, name).items():
        points = campaigns(own[0], name)[0].points
        curves = np.stack([dataset_curve(each, measure, name=name) for each in own])
        rows.append(_row(strategy, points, curves, own, name))
    return sorted(rows, key=lambda row: row.area)


def cost_rows(results: Sequence[PlanResult], measure: str, *, name: str) -> list[CurveRow]:
    """As :func:`curve_rows`, by cost: as a share of what the dearest strategy of a dataset pays in the end.

    Args:
        results: of the budget track.
        measure: of the scores.
        name: of the campaigns.

    Returns:
        Rows between the costs that all strategies have reached and passed everywhere, by interpolation.
    """
    found = _everywhere(results, name)
    if not found:
        return []
    paid = {
        result.subject: dataset_curve(result, "cost", name=name) for own in found.values() for result in own
    }
    most: dict[str, float] = {}
    for subject, cost in paid.items():
        most[subject.dataset] = max(most.get(subject.dataset, 0.0), cost[-1])
    shares = {subject: cost / most[subject.dataset] for subject, cost in paid.items()}
    first, last = max(share[0] for share in shares.values()), min(share[-1] for share in shares.values())
    points = np.linspace(first, max(last, first), COSTS)
    rows = []
    for strategy, own in found.items():
        curves = [
            np.interp(points, shares[each.subject], dataset_curve(each, measure, name=name)) for each in own
        ]
        rows.append(_row(strategy, points.tolist(), np.stack(curves), own, name))
    return sorted(rows, key=lambda row: row.area)


def widely_run(results: Sequence[PlanResult]) -> list[PlanResult]:
    """Those of the strategies with results on the most published datasets: large tables run fewer.

    Args:
        results: of one track.

    Returns:
        Their results; all of them if none is on a published dataset.
    """
    on: dict[str, set[str]] = {}
    for result in results:
        if result.subject.dataset in DATASETS:
            on.setdefault(result.subject.strategy, set()).add(result.subject.dataset)
    most = max(map(len, on.values()), default=0)
    return [result for result in results if len(on.get(result.subject.strategy, ())) == most]


def all_strategies(results: Sequence[PlanResult], *, name: str) -> list[PlanResult]:
    """The results, for a board beside that of :func:`widely_run`.

    Args:
        results: of one track.
        name: of the campaigns.

    Returns:
        The results; none if such a board would have no other strategies.
    """
    more = _everywhere(results, name).keys() > _everywhere(widely_run(results), name).keys()
    return list(results) if more else []


def dataset_curve(result: PlanResult, measure: str, *, name: str | None = None) -> FloatVector:
    """Mean over a result's campaigns, [P] float64."""
    found: FloatVector = np.mean([start.scores[measure] for start in campaigns(result, name)], axis=0)
    return found


def campaigns(result: PlanResult, name: str | None) -> list[StartScores]:
    """The campaigns of that name."""
    return [start for start in result.starts if name is None or start.name == name]


def area(points: Sequence[float], curve: FloatVector) -> float:
    """Mean height of a curve between its first and last point (trapezoidal rule).

    >>> area([1, 2, 4], np.array([0.0, 1.0, 1.0]))
    0.8333333333333334
    """
    length = points[-1] - points[0]
    return float(np.trapezoid(curve, points) / length) if length else float(curve[0])


def terminal_board(results: Sequence[PlanResult]) -> Table:
    """Regret over datasets, for the terminal: from nothing, in the budget track."""
    names = {start.name for result in results for start in result.starts}
    name = "from nothing" if "from nothing" in names else None
    rows = curve_rows(results, "regret", name=name)
    points = [f"{point:g}" for point in campaigns(results[0], name)[0].points]
    title = f"regret{f', {name}' if name else ''}, by what is measured"
    table = Table("strategy", *points, "area", "seconds", title=title, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(
            row.title, *(f"{value:.3f}" for value in row.mean), f"{row.area:.3f}", f"{row.seconds:.2f}"
        )
    return table


def _row(
    strategy: str,
    points: Sequence[float],
    curves: FloatMatrix,
    own: Sequence[PlanResult],
    name: str | None,
) -> CurveRow:
    """Sum up a strategy's curves [D, P] on D datasets."""
    rng = np.random.default_rng(0)
    drawn = curves[rng.integers(len(curves), size=(BOOTSTRAPS, len(curves)))].mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    mean = curves.mean(0)
    return CurveRow(
        strategy,
        _marks(own, shipped=strategy in NAMES),
        list(points),
        mean,
        (high - low) / 2,
        area(points, mean),
        float(np.mean([np.mean([start.seconds for start in campaigns(each, name)]) for each in own])),
        len(own),
        sum(len(campaigns(each, name)) for each in own),
    )


def _everywhere(results: Sequence[PlanResult], name: str | None) -> dict[str, list[PlanResult]]:
    """Results by strategy, of those with one on every dataset that half of them have."""
    published = [result for result in results if result.subject.dataset in DATASETS]
    found: dict[str, list[PlanResult]] = {}
    for result in published or results:
        if campaigns(result, name):
            found.setdefault(result.subject.strategy, []).append(result)
    counts = Counter(result.subject.dataset for own in found.values() for result in own)
    datasets = {dataset for dataset, count in counts.items() if 2 * count >= len(found)}
    counted = {
        strategy: [result for result in own if result.subject.dataset in datasets]
        for strategy, own in found.items()
    }
    return {strategy: own for strategy, own in counted.items() if len(own) == len(datasets)}


def _marks(results: Sequence[PlanResult], *, shipped: bool) -> list[str]:
    marks = [mark for result in results for mark in standing(result.marks, shipped=shipped)]
    return list(dict.fromkeys(marks))
