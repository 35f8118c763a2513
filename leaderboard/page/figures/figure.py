"""A figure: an Altair chart as inline SVG in the page's own colours, with its data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

# The page's custom properties: so the pictures turn dark with it. A download has them replaced by colours.
INK, MUTED, LINE, ACCENT = "var(--ink)", "var(--muted)", "var(--line)", "var(--accent)"
KINDS = {
    "graph": "var(--graph)",
    "profile": "var(--profile)",
    "no encoder": "var(--plain)",
}
FONT = "sans-serif"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture of the page.

    Attributes:
        key: unique in the page; names the downloads.
        title: heading.
        caption: what is seen, in a sentence or two.
        svgs: the picture, for one or several widths, narrowest first.
        data: what it shows, a row a mark.
    """

    key: str
    title: str
    caption: str
    svgs: Sequence[str]
    data: pd.DataFrame


def to_svg(chart: Any) -> str:
    """Draw an Altair chart.

    Args:
        chart: of any composition; its width is in CSS pixels.

    Returns:
        SVG without a background, to be put into the page as it stands.
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
    """One colour a kind of model, the same in every figure."""
    return alt.Scale(domain=list(KINDS), range=list(KINDS.values()))
