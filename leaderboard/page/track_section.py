"""What the page shows of a track."""

from collections.abc import Sequence
from typing import NamedTuple

from leaderboard.page.figures.figure import Figure


class TrackSection(NamedTuple):
    """A question of a track on the page: a table, and figures below it.

    Attributes:
        key: of its table, and what a download of it is called.
        title: what it asks.
        words: what the table shows.
        headings: of the columns.
        rows: cells in words, one per heading.
        texts: which columns are text, by their headings; the others are numbers.
        figures: what the script draws from rows of data.
    """

    key: str
    title: str
    words: str
    headings: list[str]
    rows: list[list[str]]
    texts: Sequence[str]
    figures: Sequence[Figure] = ()
