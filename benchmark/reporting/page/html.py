"""Rendering of a page: one self-contained HTML file whose content security policy forbids all requests."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

SHARED = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class PageKit:
    """What the pages of one kind are made of.

    Attributes:
        folder: has ``templates`` and ``assets`` of its own; those of this package are found as well.
        styles: names of style sheets, in order.
        scripts: names of scripts, in order; they share one scope.
        filters: of the templates, by name.
    """

    folder: Path
    styles: Sequence[str]
    scripts: Sequence[str]
    filters: Mapping[str, Callable[..., Any]]

    def render(self, template: str, *, data: dict[str, Any], **values: Any) -> str:
        """Render a template.

        A page on disk has no origin, so ``'self'`` in the policy would match nothing (or every file). Style
        and script are therefore inlined and allowed by their hashes; everything else is forbidden.

        Args:
            template: file name of the template.
            data: data for the script, embedded as JSON.
            values: variables of the template.

        Returns:
            The HTML.
        """
        style, script = self._inlined(self.styles), self._inlined(self.scripts)
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
        return self._environment.get_template(template).render(
            policy=policy,
            # Not escaped: our own files, and JSON in which "<" cannot occur.
            style=Markup(style),
            script=Markup(script),
            data=Markup(_json(data)),
            **values,
        )

    @cached_property
    def _environment(self) -> Environment:
        """Compiles each template once."""
        environment = Environment(
            loader=FileSystemLoader([self.folder / "templates", SHARED / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(self.filters)
        return environment

    def _inlined(self, names: Sequence[str]) -> str:
        """The assets of these names, one after the other."""
        own, shared = self.folder / "assets", SHARED / "assets"
        files = [own / name if (own / name).is_file() else shared / name for name in names]
        return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _json(data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
