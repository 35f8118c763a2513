"""Score against seconds: what a model costs and what it gives."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from benchmark.scoring import HEADLINE
from leaderboard.page.figures.figure import INK, Figure, kind_scale, to_svg
from leaderboard.page.rows import kind_of, seconds_of
from leaderboard.standings import Standing

NAMED = 5


def seconds_figure(key: str, ranked: Sequence[Standing]) -> Figure:
    """Every complete model of a board by its time and score.

    Args:
        key: names the figure.
        ranked: a board's standings.

    Returns:
        The figure; models that no cheaper one beats are named, as far as there is room.
    """
    data = pd.DataFrame(
        [
            {
                "model": standing.result.model.config.name,
                "kind": kind_of(standing.result),
                "seconds": max(seconds_of(standing.result), 0.001),
                "spearman": standing.result.metrics[HEADLINE].mean,
            }
            for standing in ranked
            if standing.rank
        ]
    )
    by_cost = data.sort_values(["seconds", "spearman"], ascending=[True, False])
    front = by_cost[by_cost.spearman > by_cost.spearman.cummax().shift(fill_value=-2.0)].tail(NAMED)
    x = alt.X("seconds:Q").scale(type="log", nice=True).title("seconds, training and prediction")
    x = x.axis(format="~g", tickCount=5)
    y = alt.Y("spearman:Q").scale(zero=False, nice=True).title("per-target Spearman")
    points = (
        alt.Chart(data)
        .mark_circle(size=55, opacity=0.85)
        .encode(x=x, y=y, color=alt.Color("kind:N").scale(kind_scale()).title(None).legend(orient="top"))
    )
    # Names stand to the left of the dear ones, so that none runs out of the picture.
    names = [
        alt.Chart(part).mark_text(align=align, dx=dx, dy=-7, fontSize=10.5, color=INK).encode(x=x, y=y, text="model:N")
        for part, align, dx in ((front.head(len(front) // 2), "left", 4), (front.tail(-(len(front) // 2)), "right", -2))
        if len(part)
    ]
    return Figure(
        key=key,
        title="Score against seconds",
        caption="Up and to the left is better. Named: models that no cheaper one beats. "
        "Seconds are those of the machine that made the results.",
        svgs=[to_svg(alt.layer(points, *names).properties(width=300, height=230))],
        data=data,
    )
