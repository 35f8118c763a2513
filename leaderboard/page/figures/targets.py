"""Figure: scores per target as small multiples."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.standings import Standing
from leaderboard.page.figures.figure import LINE, Figure, kind_scale, to_svg
from leaderboard.page.rows import kind_of

MODELS = 5
# (panels per row, panel width in pixels) for narrow and for wide screens.
SHAPES = ((2, 92), (6, 118))


def targets_figure(key: str, ranked: Sequence[Standing]) -> Figure:
    """Plot the best models and the best baseline, one panel per target.

    Args:
        key: key of the figure.
        ranked: standings of the board.

    Returns:
        The figure, for two widths.
    """
    complete = [standing for standing in ranked if standing.rank]
    baseline = [each for each in complete if each.baseline and each.baseline.words == "reference"]
    chosen = {each.result.model.config.name: each.result for each in (*complete[:MODELS], *baseline)}
    data = pd.DataFrame(
        [
            {"target": target, "model": name, "kind": kind_of(result), "spearman": score}
            for name, result in chosen.items()
            for target, score in result.metrics[HEADLINE].per_target.items()
            if score is not None
        ]
    )
    return Figure(
        key=key,
        title="Score per target",
        caption=f"Per-target Spearman of {len(chosen)} models, mean over splits; the vertical line is 0.",
        svgs=[_panels(data, list(chosen), columns=columns, width=width) for columns, width in SHAPES],
        data=data,
    )


def _panels(data: pd.DataFrame, models: list[str], *, columns: int, width: int) -> str:
    y = alt.Y("model:N", sort=models).title(None).axis(ticks=False, domain=False, labelLimit=150)
    x = alt.X("spearman:Q").scale(domain=[min(-0.2, float(data.spearman.min())), 1.0]).title(None)
    x = x.axis(values=[0, 0.5, 1], format="~g", grid=False, domain=False)
    color = alt.Color("kind:N").scale(kind_scale()).title(None).legend(orient="top")
    base = alt.Chart(data)
    layers = alt.layer(
        base.mark_rule(color=LINE).encode(x=alt.datum(0)),
        base.mark_bar(height=2).encode(x=x, x2=alt.datum(0), y=y, color=color),
        base.mark_circle(size=30, opacity=1).encode(x=x, y=y, color=color),
    ).properties(width=width, height=12 * len(models))
    panels = layers.facet(
        alt.Facet("target:N").title(None).header(labelLimit=width + 10),
        columns=columns,
        spacing={"row": 10, "column": 16},
    )
    return to_svg(panels)
