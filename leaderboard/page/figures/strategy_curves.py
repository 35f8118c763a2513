"""Figures: what planning strategies reach, by what they measured or paid."""

from collections.abc import Sequence

from leaderboard.page.figures.figure import Axes, Figure
from recovery.plan.goals import GOALS
from recovery.tracks.campaign.board import CurveRow

LINES = 6


def strategies_shown(rows: Sequence[CurveRow]) -> list[str]:
    """The strategies of the goals, random order, and the best others, six in all.

    Args:
        rows: best first.

    Returns:
        Their names, in that order.
    """
    present = [row.strategy for row in rows]
    first = [each for each in (*(goal.strategy for goal in GOALS.values()), "random") if each in present]
    return list(dict.fromkeys([*first, *present]))[:LINES]


def curves_figure(
    key: str,
    title: str,
    caption: str,
    rows: Sequence[CurveRow],
    *,
    shown: Sequence[str],
    axes: Axes,
    lowest: float,
) -> Figure:
    """Means over datasets with their intervals.

    Args:
        key: key of the figure.
        title: heading.
        caption: description.
        rows: of the strategies.
        shown: names of those that are drawn; each keeps its colour in all figures with the same names.
        axes: their titles.
        lowest: what is measured can be no less, nor its intervals.

    Returns:
        The figure.
    """
    by_name = {row.strategy: row for row in rows}
    return Figure(
        key=key,
        kind="curves",
        title=title,
        caption=caption,
        axes=axes,
        data=[
            {"line": name, "x": point, "y": mean, "low": max(mean - half, lowest), "high": mean + half}
            for name in shown
            for row in [by_name[name]]
            for point, mean, half in zip(row.points, row.mean.tolist(), row.half_width.tolist(), strict=True)
        ],
    )
