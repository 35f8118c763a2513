"""Curves of planning strategies over datasets, and the areas under them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich import box
from rich.table import Table

from benchmark.results.marks import standing
from datamodules.registry import DATASETS
from recovery.strategies.names import NAMES
from recovery.target_units import FloatVector
from recovery.tracks.campaign.result import PlanResult, StartScores

BOOTSTRAPS = 1000


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
    published = [result for result in results if result.subject.dataset in DATASETS]
    covered: dict[str, set[str]] = {}
    for result in published or results:
        covered.setdefault(result.subject.strategy, set()).add(result.subject.dataset)
    counts = Counter(dataset for own in covered.values() for dataset in own)
    datasets = {dataset for dataset, count in counts.items() if 2 * count >= len(covered)}
    strategies = [strategy for strategy, own in covered.items() if own >= datasets]
    counted = [result for result in results if result.subject.dataset in datasets]
    rows = [_row(counted, strategy, measure, name) for strategy in strategies]
    return sorted((row for row in rows if row is not None), key=lambda row: row.area)


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
    return float(np.trapezoid(curve, points) / (points[-1] - points[0]))


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


def _row(results: Sequence[PlanResult], strategy: str, measure: str, name: str | None) -> CurveRow | None:
    own = [result for result in results if result.subject.strategy == strategy and campaigns(result, name)]
    if not own:
        return None
    points = campaigns(own[0], name)[0].points
    curves = np.stack([dataset_curve(result, measure, name=name) for result in own])
    rng = np.random.default_rng(0)
    drawn = curves[rng.integers(len(curves), size=(BOOTSTRAPS, len(curves)))].mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    mean = curves.mean(0)
    return CurveRow(
        strategy,
        _marks(own, shipped=strategy in NAMES),
        points,
        mean,
        (high - low) / 2,
        area(points, mean),
        float(np.mean([np.mean([start.seconds for start in campaigns(each, name)]) for each in own])),
        len(own),
        sum(len(campaigns(each, name)) for each in own),
    )


def _marks(results: Sequence[PlanResult], *, shipped: bool) -> list[str]:
    marks = [mark for result in results for mark in standing(result.marks, shipped=shipped)]
    return list(dict.fromkeys(marks))
