"""Rendering of the page: one self-contained HTML file whose content security policy forbids all requests."""

import base64
import hashlib
import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from leaderboard.boards.overall import field_of

HERE = Path(__file__).parent
STYLES = ("tokens.css", "layout.css", "table.css", "figures.css", "card.css")
SCRIPTS = (
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
    "shares.js",
    "ranks.js",
    "forest.js",
    "figure.js",
    "curve.js",
    "card.js",
    "download.js",
    "main.js",
)


def render(template: str, *, data: dict[str, Any], **values: Any) -> str:
    """Render a template.

    A page on disk has no origin, so ``'self'`` in the policy would match nothing (or every file). Style and
    script are therefore inlined and allowed by their hashes; everything else is forbidden.

    Args:
        template: file name under ``templates``.
        data: data for the script, embedded as JSON.
        values: variables of the template.

    Returns:
        The HTML.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["decimal"] = _decimal
    environment.filters["field"] = field_of
    environment.filters["groupwise"] = _runs
    style = "\n".join((HERE / "assets" / name).read_text(encoding="utf-8") for name in STYLES)
    script = "\n".join((HERE / "assets" / name).read_text(encoding="utf-8") for name in SCRIPTS)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return environment.get_template(template).render(
        policy=policy,
        # Not escaped: our own files, and JSON in which "<" cannot occur.
        style=Markup(style),
        script=Markup(script),
        data=Markup(_json(data)),
        **values,
    )


def _decimal(value: float | None, digits: int = 3) -> str:
    """Format a number, None as a dash; a filter, as a macro would take seconds for 10,000 results."""
    return "–" if value is None else f"{value:.{digits}f}"


def _runs(names: Iterable[str]) -> list[dict[str, Any]]:
    """Neighbours of one name together: what a heading over several columns, or a group of links, needs."""
    return [{"name": name, "count": len(list(own))} for name, own in groupby(names)]


def _json(data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
