"""Boards of the coverage track: over datasets, per model, promise and pattern."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich import box
from rich.table import Table

from recovery.candidates import SOURCE_MEAN
from recovery.chance_best import calibration_error
from recovery.guarantee import Chosen
from recovery.tracks.coverage.patterns import PATTERNS
from recovery.tracks.coverage.result import CoverageResult
from recovery.tracks.coverage.scores import HEADLINE_LEVEL, PromiseScores

FEWEST_CELLS = 40  # of a target whose pooled coverage counts
HEADINGS = [
    "promise",
    "pattern",
    "model",
    "datasets",
    "coverage",
    "worst dataset",
    "10 % of targets",
    "width",
    "interval score",
    "unbounded",
    "calibration error",
]


class CoverageRow(NamedTuple):
    """A model under one promise and pattern, over datasets.

    Attributes:
        promise: what was promised.
        pattern: how measured cells were picked.
        model: its name.
        datasets: how many there are.
        coverage: mean over datasets.
        worst: the lowest coverage of a dataset.
        worst_dataset: its name.
        low_targets: 10th percentile of the coverage of targets with 40 or more pooled test cells; None
            without any.
        width: median over datasets of the mean width as a share of the source mean's; None without it.
        interval_score: the same of the interval score.
        unbounded: share of unbounded intervals, mean over datasets.
        chance_error: expected calibration error of ``chance_best``, mean over datasets.
    """

    promise: Chosen
    pattern: str
    model: str
    datasets: int
    coverage: float
    worst: float
    worst_dataset: str
    low_targets: float | None
    width: float | None
    interval_score: float | None
    unbounded: float
    chance_error: float


def coverage_rows(results: Sequence[CoverageResult], *, level: float = HEADLINE_LEVEL) -> list[CoverageRow]:
    """Sum up results.

    Args:
        results: of any models and datasets.
        level: of the intervals.

    Returns:
        A row per promise, pattern and model, in this order; ``drawn`` first.
    """
    keys = dict.fromkeys(
        (promise, pattern, result.subject.model)
        for result in results
        for pattern, promises in result.patterns.items()
        for promise in promises
    )
    order: list[Chosen] = ["drawn", "random", "by-hand"]
    ranked = sorted(keys, key=lambda key: (order.index(key[0]), list(PATTERNS).index(key[1])))
    return [_row(results, *key, level=f"{level:g}") for key in ranked]


def cells_of(row: CoverageRow) -> list[str]:
    """A row in words, one cell per heading."""

    def ratio(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    return [
        row.promise,
        row.pattern,
        row.model,
        str(row.datasets),
        f"{row.coverage:.3f}",
        f"{row.worst:.3f} ({row.worst_dataset})",
        "–" if row.low_targets is None else f"{row.low_targets:.3f}",
        ratio(row.width),
        ratio(row.interval_score),
        f"{row.unbounded:.1%}",
        f"{row.chance_error:.3f}",
    ]


def terminal_board(results: Sequence[CoverageResult]) -> Table:
    """The board for the terminal, at the headline level."""
    table = Table(*HEADINGS, title=f"coverage of {HEADLINE_LEVEL:.0%} intervals", box=box.SIMPLE_HEAD)
    for row in coverage_rows(results):
        table.add_row(*cells_of(row))
    return table


def _row(
    results: Sequence[CoverageResult], promise: Chosen, pattern: str, model: str, *, level: str
) -> CoverageRow:
    found = _by_dataset(results, promise, pattern, model)
    base = _by_dataset(results, promise, pattern, SOURCE_MEAN)
    coverage = {name: scores.levels[level].coverage for name, scores in found.items()}
    worst = min(coverage, key=lambda name: coverage[name])
    targets = [
        each.covered / each.cells
        for scores in found.values()
        for each in scores.targets.values()
        if each.cells >= FEWEST_CELLS
    ]
    return CoverageRow(
        promise,
        pattern,
        model,
        len(found),
        float(np.mean(list(coverage.values()))),
        coverage[worst],
        worst,
        float(np.quantile(targets, 0.1)) if targets else None,
        _median_ratio(
            [
                (found[name].levels[level].width, base[name].levels[level].width)
                for name in found
                if name in base
            ]
        ),
        _median_ratio(
            [
                (found[name].levels[level].interval_score, base[name].levels[level].interval_score)
                for name in found
                if name in base
            ]
        ),
        float(np.mean([scores.levels[level].unbounded for scores in found.values()])),
        float(np.mean([calibration_error(scores.chances) for scores in found.values()])),
    )


def _by_dataset(
    results: Sequence[CoverageResult], promise: Chosen, pattern: str, model: str
) -> dict[str, PromiseScores]:
    return {
        result.subject.dataset: result.patterns[pattern][promise]
        for result in results
        if result.subject.model == model and promise in result.patterns.get(pattern, {})
    }


def _median_ratio(pairs: Sequence[tuple[float | None, float | None]]) -> float | None:
    ratios = [own / other for own, other in pairs if own is not None and other]
    return float(np.median(ratios)) if ratios else None
