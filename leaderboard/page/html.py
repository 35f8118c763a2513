"""The kit of the leaderboard page: its styles, scripts and filters."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmark.reporting.page.html import PageKit
from leaderboard.boards.denoising import denoising_answers, difference_words
from leaderboard.boards.overall import field_of


def _decimal(value: float | None, digits: int = 3) -> str:
    """Format a number, None as a dash; a filter, as a macro would take seconds for 10,000 results."""
    return "–" if value is None else f"{value:.{digits}f}"


def _runs(names: Iterable[str]) -> list[dict[str, Any]]:
    """Neighbours of one name together: what a heading over several columns, or a group of links, needs."""
    return [{"name": name, "count": len(list(own))} for name, own in groupby(names)]


KIT = PageKit(
    folder=Path(__file__).parent,
    styles=("tokens.css", "layout.css", "table.css", "figures.css", "card.css"),
    scripts=(
        "dom.js",
        "theme.js",
        "views.js",
        "filters.js",
        "columns.js",
        "sorting.js",
        "pane.js",
        "heat.js",
        "graph.js",
        "tree.js",
        "recovery.js",
        "axes.js",
        "targets.js",
        "seconds.js",
        "lines.js",
        "shares.js",
        "curves.js",
        "ranks.js",
        "forest.js",
        "figure.js",
        "curve.js",
        "card.js",
        "files.js",
        "download.js",
        "main.js",
    ),
    filters={
        "answers": denoising_answers,
        "decimal": _decimal,
        "difference": difference_words,
        "field": field_of,
        "groupwise": _runs,
    },
)
