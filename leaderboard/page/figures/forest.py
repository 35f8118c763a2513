"""Forest plot: a claim's difference on every dataset, and over all of them."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from leaderboard.claims.across import AcrossDatasets
from leaderboard.page.figures.figure import ACCENT, INK, LINE, MUTED, Figure, to_svg

COMBINED = "all datasets"
# Panels in a row, and a panel's width: for a phone and for a desk.
SHAPES = ((1, 210), (3, 220))
# Browsers set names wider than they were measured.
PADDING = {"left": 24, "right": 30, "top": 4, "bottom": 4}


def forest_figure(key: str, answers: Sequence[AcrossDatasets]) -> Figure | None:
    """The claims over datasets, a panel per claim.

    Args:
        key: names the figure.
        answers: one per claim.

    Returns:
        The figure, for two widths; None unless a claim is answered on two datasets.
    """
    rows = [row for answer in answers if answer.low is not None for row in _rows(answer)]
    if not rows:
        return None
    data = pd.DataFrame(rows)
    return Figure(
        key=key,
        title="Claims across datasets",
        caption="Differences of per-target Spearman, first minus second, mean over a claim's pairs: one line "
        "per dataset (95 % over splits) and the mean over datasets (95 %, bootstrap over datasets).",
        svgs=[_panels(data, columns=columns, width=width) for columns, width in SHAPES],
        data=data,
    )


def _rows(answer: AcrossDatasets) -> list[dict[str, object]]:
    lines: list[tuple[str, float | None, float | None, float | None]] = [
        (each.dataset, each.difference, each.low, each.high) for each in answer.datasets
    ]
    lines.append((COMBINED, answer.mean, answer.low, answer.high))
    return [
        {"claim": answer.claim.name, "dataset": name, "difference": difference, "low": low, "high": high}
        for name, difference, low, high in lines
    ]


def _panels(data: pd.DataFrame, *, columns: int, width: int) -> str:
    order = [name for name in dict.fromkeys(data.dataset) if name != COMBINED] + [COMBINED]
    x = alt.X("difference:Q").title(None).axis(format="+g", tickCount=3, gridColor=LINE)
    y = (
        alt.Y("dataset:N", sort=order)
        .title(None)
        .axis(ticks=False, domain=False, labelLimit=120, labelColor=INK)
    )
    is_combined = alt.datum.dataset == COMBINED
    color = alt.condition(is_combined, alt.value(ACCENT), alt.value(MUTED))
    base = alt.Chart(data)
    layers = alt.layer(
        base.mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q"), x2="high:Q", y=y, color=color),
        base.mark_point(filled=True, opacity=1, size=45).encode(
            x=x,
            y=y,
            color=color,
            shape=alt.condition(is_combined, alt.value("diamond"), alt.value("circle")),
        ),
    ).properties(width=width, height=16 * len(order))
    panels = layers.facet(
        alt.Facet("claim:N", sort=list(dict.fromkeys(data.claim))).title(None).header(labelLimit=width + 100),
        columns=columns,
        spacing={"row": 14, "column": 18},
        padding=PADDING,
    )
    return to_svg(panels)
