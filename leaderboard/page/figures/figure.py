"""A figure: rows of data that the page's script draws, for the width at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["targets", "seconds", "shares", "ranks", "forest"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the page.

    Attributes:
        key: unique within the page; file name of downloads.
        kind: how the script draws it.
        title: heading.
        caption: description in one or two sentences.
        data: the data shown, one row per mark.
    """

    key: str
    kind: Kind
    title: str
    caption: str
    data: Sequence[dict[str, Any]]

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of a page."""
        return self.kind in ("targets", "ranks", "forest")

    def table(self) -> dict[str, list[Any]]:
        """The data as the script expects them: columns and rows, to six significant digits."""
        columns = list(self.data[0])
        return {"columns": columns, "rows": [[_rounded(row[name]) for name in columns] for row in self.data]}


def _rounded(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value
