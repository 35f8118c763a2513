"""A table for the terminal that leaves out its least important columns where they do not fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table

# Wider than any table, to measure one.
_UNLIMITED = 10_000


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """A column.

    Attributes:
        heading: its heading, in one or several lines.
        is_number: align right, and never break a line.
        goes: the place at which it is left out, from 1; None if it always stays.
    """

    heading: str
    is_number: bool = True
    goes: int | None = None


@dataclass(kw_only=True)
class FittingTable:
    """A table that names the columns for which the terminal has no room.

    Attributes:
        columns: the columns.
        rows: one cell per column each.
        title: text above it.
        caption: text below it.
    """

    columns: Sequence[TableColumn]
    rows: list[Sequence[str]] = field(default_factory=list)
    title: str = ""
    caption: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Draw the table, and a line on what is left out."""
        shown = list(self.columns)
        for column in sorted((each for each in self.columns if each.goes), key=lambda each: each.goes or 0):
            if self._width(shown, console, options) <= options.max_width:
                break
            shown.remove(column)
        yield self._table(shown)
        left_out = [each.heading.replace("\n", " ") for each in self.columns if each not in shown]
        if left_out:
            width = self._width(self.columns, console, options)
            yield f"Left out for want of room: {', '.join(left_out)}. All columns take {width} characters."

    def _width(self, shown: Sequence[TableColumn], console: Console, options: ConsoleOptions) -> int:
        return console.measure(self._table(shown), options=options.update(max_width=_UNLIMITED)).maximum

    def _table(self, shown: Sequence[TableColumn]) -> Table:
        table = Table(
            title=self.title or None,
            title_justify="left",
            caption=self.caption or None,
            caption_justify="left",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
        )
        for column in shown:
            table.add_column(
                column.heading,
                justify="right" if column.is_number else "left",
                no_wrap=column.is_number,
                overflow="fold",
            )
        places = [self.columns.index(each) for each in shown]
        for row in self.rows:
            table.add_row(*(row[place] for place in places))
        return table
