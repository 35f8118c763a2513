"""Building the report of a recovered matrix: its words, and its numbers for the page's script."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from benchmark.reporting.page.html import PageKit
from recovery.guarantee import Guarantee
from recovery.record import Record
from recovery.words import expectation_words, number, recovered_words, remarks

DIGITS = 6


def _with_code(text: str) -> Markup:
    """A text in which what stands between backticks is code."""
    parts = [
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(text.split("`"))
    ]
    return Markup("").join(parts)


KIT = PageKit(
    folder=Path(__file__).parent,
    styles=("tokens.css", "layout.css", "table.css", "figures.css", "report.css"),
    scripts=(
        "dom.js",
        "theme.js",
        "sorting.js",
        "files.js",
        "cells.js",
        "matrix.js",
        "forest.js",
        "shortlist.js",
        "calibration.js",
        "report.js",
    ),
    filters={"number": number, "with_code": _with_code},
)


def build_report(cells: pd.DataFrame, record: Record) -> str:
    """Build the report.

    Args:
        cells: a row per transfer, as in :class:`recovery.recovery.Recovery`.
        record: everything else.

    Returns:
        One HTML file that asks for nothing else.
    """
    return KIT.render(
        "report.html.j2",
        data=_data(cells, record),
        record=record,
        kind=_kind(record.guarantee),
        recovered=recovered_words(cells, record),
        expected=expectation_words(record),
        remarks=remarks(record),
        transfers=len(cells),
        unmeasured=int((~cells.measured).sum()),
    )


def _kind(guarantee: Guarantee) -> str:
    """What colours the promise."""
    if guarantee.holds:
        return "holds"
    return "random" if guarantee.chosen == "random" and guarantee.bounded else "open"


def _data(cells: pd.DataFrame, record: Record) -> dict[str, Any]:
    sources = list(dict.fromkeys(cells.source))
    row = {name: place for place, name in enumerate(sources)}
    column = {name: place for place, name in enumerate(record.targets)}
    return {
        "name": record.name,
        "sources": sources,
        "targets": record.targets,
        "lowerIsBetter": record.lower_is_better,
        "level": record.guarantee.level,
        "cells": [
            [row[source], column[target], int(measured), *map(_json_number, numbers)]
            for source, target, measured, *numbers in cells[
                ["source", "target", "measured", "value", "low", "high", "shrunk_value", "chance_best"]
            ].itertuples(index=False)
        ],
        "calibration": [[each.level, each.coverage] for each in record.calibration],
        "chances": [[each.said, each.came_true, each.cells] for each in record.chances],
    }


def _json_number(value: float) -> float | None:
    """A number of six digits; None for an end that is not bounded."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
