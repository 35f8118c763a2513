"""Critical-difference diagram (Demšar, JMLR 2006): mean ranks, and which of them cannot be told apart."""

import altair as alt
import numpy as np
import pandas as pd

from leaderboard.boards.across import MIN_DATASETS
from leaderboard.boards.overall import Overall
from leaderboard.page.figures.figure import ACCENT, INK, MUTED, Figure, kind_scale, to_svg
from leaderboard.page.rows import kind_of
from leaderboard.statistics.mean_rank import cliques, critical_difference, mean_ranks

# Of many models the difference is so large that it joins all: the first ones are ranked among themselves.
MODELS = 12
# Width and height of a row: for a phone and for a desk.
SHAPES = ((190, 20), (620, 20))
# Browsers set names wider than they were measured.
PADDING = {"left": 20, "right": 8, "top": 4, "bottom": 4}


def critical_difference_figure(key: str, overall: Overall) -> Figure | None:
    """The first models of a ranking by their mean ranks among themselves.

    Args:
        key: names the figure.
        overall: the ranking.

    Returns:
        The figure, for two widths; None with too few datasets or models.
    """
    rows = overall.ranked[:MODELS]
    if len(rows) < 2 or len(overall.units) < MIN_DATASETS:
        return None
    ranks = mean_ranks(np.array([row.scores for row in rows], dtype=np.float64).T)
    data = pd.DataFrame(
        [
            {
                "model": row.name,
                "kind": kind_of(row.example),
                "rank": rank.mean,
                "low": rank.low,
                "high": rank.high,
            }
            for row, rank in zip(rows, ranks, strict=True)
        ]
    ).sort_values("rank", ignore_index=True)
    difference = critical_difference(models=len(rows), datasets=len(overall.units))
    groups = cliques(data["rank"].tolist(), difference)
    return Figure(
        key=key,
        title="Critical difference",
        caption=f"Mean ranks of the first {len(rows)} models among themselves over {len(overall.units)} "
        "datasets, with 95 % intervals (bootstrap over datasets). Bars on the left join models whose mean "
        f"ranks are no further apart than {difference:.1f}, the critical difference at .05 (Nemenyi).",
        svgs=[_draw(data, groups, width=width, step=step) for width, step in SHAPES],
        data=data.assign(critical_difference=difference),
    )


def _draw(data: pd.DataFrame, groups: list[tuple[int, int]], *, width: int, step: int) -> str:
    order = data.model.tolist()
    least = min(1.0, float(data.low.min()))
    bars = pd.DataFrame(
        [
            {"model": order[first], "last": order[last], "at": least - 0.35 * (number + 1)}
            for number, (first, last) in enumerate(groups)
        ]
    )
    start = least - 0.35 * (len(groups) + 1)
    x = alt.X("rank:Q").scale(domain=[start, float(data.high.max()) + 0.3], nice=False).title("mean rank")
    x = x.axis(values=list(range(1, int(data.high.max()) + 1)), format="d", grid=False)
    y = (
        alt.Y("model:N")
        .scale(domain=order)
        .title(None)
        .axis(ticks=False, domain=False, labelLimit=170, labelColor=INK)
    )
    color = alt.Color("kind:N").scale(kind_scale()).title(None).legend(orient="top")
    base = alt.Chart(data)
    layers = [
        base.mark_rule(color=MUTED, opacity=0.6)
        .encode(x=x, x2="high:Q", y=y)
        .transform_calculate(rank="datum.low"),
        base.mark_circle(size=60, opacity=1).encode(x=x, y=y, color=color),
    ]
    if len(bars):
        joined = alt.Chart(bars).mark_rule(color=ACCENT, strokeWidth=3, strokeCap="round")
        layers.append(joined.encode(x=alt.X("at:Q"), y=y, y2="last:N"))
    return to_svg(alt.layer(*layers).properties(width=width, height=step * len(order), padding=PADDING))
