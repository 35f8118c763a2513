"""A figure: an Altair chart as inline SVG in the page's colours, with its data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

# The page's custom properties, so that figures follow its theme; downloads replace them by colours.
INK, MUTED, LINE, ACCENT = "var(--ink)", "var(--muted)", "var(--line)", "var(--accent)"
KINDS = {
    "graph": "var(--graph)",
    "profile": "var(--profile)",
    "no encoder": "var(--plain)",
}
FONT = "sans-serif"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the page.

    Attributes:
        key: unique within the page; file name of downloads.
        title: heading.
        caption: description in one or two sentences.
        svgs: the drawing for one or several widths, narrowest first.
        data: the data shown, one row per mark.
    """

    key: str
    title: str
    caption: str
    svgs: Sequence[str]
    data: pd.DataFrame


def to_svg(chart: Any) -> str:
    """Render an Altair chart.

    Args:
        chart: any Altair chart; widths in CSS pixels.

    Returns:
        SVG with a transparent background, to be inlined in the page.
    """
    axis = {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "gridColor": LINE,
        "tickColor": LINE,
        "domainColor": LINE,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "labelFont": FONT,
        "titleFont": FONT,
    }
    legend = {
        "labelColor": INK,
        "titleColor": MUTED,
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 11,
    }
    header = {"labelColor": INK, "titleColor": MUTED, "labelFont": FONT, "labelFontSize": 11}
    dressed = (
        chart.configure(background="transparent", aria=False, font=FONT)
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .configure_legend(**legend)
        .configure_header(**header)
    )
    return str(vl_convert.vegalite_to_svg(dressed.to_dict(validate=False)))


def kind_scale() -> alt.Scale:
    """Colour scale over kinds of model, the same in every figure."""
    return alt.Scale(domain=list(KINDS), range=list(KINDS.values()))
