"""A figure: rows of data that the page's script draws, for the width at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["targets", "seconds", "shares", "curves", "ranks", "forest"]


class Axes(NamedTuple):
    """What a figure of curves shows across and upwards.

    Attributes:
        x: title of the horizontal axis.
        y: title of the vertical axis.
        percent: whether ``x`` is a share.
    """

    x: str
    y: str
    percent: bool


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the page.

    Attributes:
        key: unique within the page; file name of downloads.
        kind: how the script draws it.
        title: heading.
        caption: description in one or two sentences.
        data: the data shown, one row per mark.
        attainable: score of measuring the matrix again, drawn as a dashed line; None if it is not known.
        axes: of curves.
    """

    key: str
    kind: Kind
    title: str
    caption: str
    data: Sequence[dict[str, Any]]
    attainable: float | None = None
    axes: Axes | None = None

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of a page."""
        return self.kind in ("targets", "ranks", "forest")

    def table(self) -> dict[str, Any]:
        """The data as the script expects them, to six significant digits."""
        columns = list(self.data[0])
        return {
            "columns": columns,
            "rows": [[_rounded(row[name]) for name in columns] for row in self.data],
            **({} if self.attainable is None else {"attainable": _rounded(self.attainable)}),
            **({} if self.axes is None else {"label": self.title, **self.axes._asdict()}),
        }


def _rounded(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value
