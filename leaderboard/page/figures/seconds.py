"""Figure: score against training and prediction time."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.standings import Standing
from leaderboard.page.figures.figure import INK, Figure, kind_scale, to_svg
from leaderboard.page.rows import kind_of

NAMED = 5
# Height of a name as a fraction of the figure's height.
ROOM = 0.06


def seconds_figure(key: str, ranked: Sequence[Standing]) -> Figure:
    """Plot the score of every complete model against its time.

    Args:
        key: key of the figure.
        ranked: standings of the board.

    Returns:
        The figure; models on the Pareto front are named where space allows.
    """
    data = pd.DataFrame(
        [
            {
                "model": standing.result.model.config.name,
                "kind": kind_of(standing.result),
                "seconds": max(standing.result.timing.seconds, 0.001),
                "spearman": standing.result.metrics[HEADLINE].mean,
            }
            for standing in ranked
            if standing.rank
        ]
    )
    front = _front(data)
    x = alt.X("seconds:Q").scale(type="log", nice=True).title("seconds, training and prediction")
    x = x.axis(format="~g", tickCount=5, grid=False)
    y = alt.Y("spearman:Q").scale(zero=False, nice=True).title("per-target Spearman")
    points = (
        alt.Chart(data)
        .mark_circle(size=55, opacity=0.85)
        .encode(x=x, y=y, color=alt.Color("kind:N").scale(kind_scale()).title(None).legend(orient="top"))
    )
    # Names of slow models are put to the left of their points, so that they stay within the figure.
    is_cheap = front.seconds**2 < data.seconds.min() * data.seconds.max()
    named = alt.Chart(front[is_cheap]).mark_text(align="left", dx=-2, dy=-7, fontSize=10.5, color=INK)
    dear = alt.Chart(front[~is_cheap]).mark_text(align="right", dx=4, dy=-7, fontSize=10.5, color=INK)
    names = [text.encode(x=x, y=y, text="model:N") for text in (named, dear) if len(text.data)]
    return Figure(
        key=key,
        title="Score against seconds",
        caption="Up and to the left is better. Named: models that no faster model beats. "
        "Seconds are as measured on the machine that computed the results.",
        svgs=[to_svg(alt.layer(points, *names).properties(width=300, height=230))],
        data=data,
    )


def _front(data: pd.DataFrame) -> pd.DataFrame:
    """Models that no faster model beats, fastest first; omits names that would cover a better model's."""
    by_cost = data.sort_values(["seconds", "spearman"], ascending=[True, False])
    front = by_cost[by_cost.spearman > by_cost.spearman.cummax().shift(fill_value=-2.0)]
    height = max(float(data.spearman.max() - data.spearman.min()), 0.01)
    kept: list[int] = []
    for index, score in zip(front.index[::-1].tolist(), front.spearman[::-1].tolist(), strict=True):
        if all(abs(score - data.spearman[other]) > ROOM * height for other in kept):
            kept.append(index)
    return front.loc[kept[:NAMED][::-1]]
