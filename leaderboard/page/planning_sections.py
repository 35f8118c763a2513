"""Sections of the page about the planning tracks: their boards, and their curves as figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmark.results.track_files import Refuse
from leaderboard.page.figures.figure import Axes, Figure
from leaderboard.page.figures.strategy_curves import curves_figure, strategies_shown
from leaderboard.page.track_section import TrackSection
from recovery.tracks.budget.shares import FROM_NOTHING
from recovery.tracks.campaign.board import CurveRow, all_strategies, cost_rows, curve_rows, widely_run
from recovery.tracks.campaign.result import PlanResult
from recovery.tracks.result_files import BUDGET, NEW_TARGET


class _Measure(NamedTuple):
    name: str
    axis: str
    lowest: float


MEASURES = {
    "regret": _Measure("Regret", "regret, share of the target's range", 0.0),
    "spearman": _Measure("Per-target Spearman", "per-target Spearman", -1.0),
}
DOTS = "Means over datasets; bars are 95 % intervals."


def new_target_sections(folder: Path, refuse: Refuse) -> list[TrackSection]:
    """The new-target track.

    Args:
        folder: with its results.
        refuse: is told of every file that is left out, in one line.
    """
    rows = curve_rows(NEW_TARGET.read(folder, refuse=refuse), "regret")
    if not rows:
        return []
    figure = curves_figure(
        "new-target-runs",
        "Regret against runs",
        f"Regret of the best measured source of a new target. {DOTS}",
        rows,
        shown=strategies_shown(rows),
        axes=Axes("runs on the new target", MEASURES["regret"].axis, percent=False),
        lowest=MEASURES["regret"].lowest,
    )
    words = (
        "Nothing of one target is measured, and every other column is known. Regret of the best measured "
        "source after k runs, as a share of the target's range: mean over {datasets} datasets ± half of the "
        "95 % interval."
    )
    title = "Which sources first, for a new target?"
    return [_section("new-target", title, words, rows, point="k = {:g}", figures=[figure])]


def budget_sections(folder: Path, refuse: Refuse) -> list[TrackSection]:
    """The budget track; all of its strategies apart, if large tables have fewer.

    Args:
        folder: with its results.
        refuse: is told of every file that is left out, in one line.
    """
    results = BUDGET.read(folder, refuse=refuse)
    everywhere = widely_run(results)
    rows = curve_rows(everywhere, "regret", name=FROM_NOTHING)
    if not rows:
        return []
    words = (
        "Campaigns from nothing, in batches up to half of the matrix. Regret of the source that looks best, "
        "measured or recovered, by the share measured: mean over {datasets} datasets ± half of the 95 % "
        "interval."
    )
    title = "What is worth measuring?"
    sections = [
        _section("budget", title, words, rows, point="{:.0%}", figures=_budget_figures(everywhere, rows))
    ]
    all_rows = curve_rows(all_strategies(results, name=FROM_NOTHING), "regret", name=FROM_NOTHING)
    if all_rows:
        words = "All strategies, on the {datasets} tables of up to 40 tasks: larger ones run fewer."
        title = "All strategies, without large tables"
        sections.append(_section("budget-strategies", title, words, all_rows, point="{:.0%}"))
    return sections


def _budget_figures(results: Sequence[PlanResult], rows: Sequence[CurveRow]) -> list[Figure]:
    shown = strategies_shown(rows)
    figures = []
    for key, measure in MEASURES.items():
        figures += [
            curves_figure(
                f"budget-{key}-share",
                f"{measure.name} against the share measured",
                f"Campaigns from nothing. {DOTS}",
                curve_rows(results, key, name=FROM_NOTHING),
                shown=shown,
                axes=Axes("share of the matrix measured", measure.axis, percent=True),
                lowest=measure.lowest,
            ),
            curves_figure(
                f"budget-{key}-cost",
                f"{measure.name} against cost",
                "Setting a source up costs five runs; cost as a share of what the dearest strategy pays for "
                f"half of the matrix. {DOTS}",
                cost_rows(results, key, name=FROM_NOTHING),
                shown=shown,
                axes=Axes("cost, share of the dearest", measure.axis, percent=True),
                lowest=measure.lowest,
            ),
        ]
    return figures


def _section(
    key: str, title: str, words: str, rows: list[CurveRow], point: str, figures: Sequence[Figure] = ()
) -> TrackSection:
    points = [point.format(each) for each in rows[0].points]
    return TrackSection(
        key,
        title,
        words.format(datasets=rows[0].datasets),
        ["Strategy", *points, "Area", "Seconds"],
        [
            [
                row.title,
                *(f"{mean:.3f} ± {half:.3f}" for mean, half in zip(row.mean, row.half_width, strict=True)),
                f"{row.area:.3f}",
                f"{row.seconds:.2f}",
            ]
            for row in rows
        ],
        ["Strategy"],
        figures,
    )
