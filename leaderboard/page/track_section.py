"""What the page shows of a track."""

from typing import NamedTuple


class TrackSection(NamedTuple):
    """A track on the page.

    Attributes:
        key: of its table, and what a download of it is called.
        title: what it asks.
        words: what the table shows.
        headings: of the columns.
        rows: cells in words, one per heading.
        texts: number of leading columns that are text; the others are numbers.
    """

    key: str
    title: str
    words: str
    headings: list[str]
    rows: list[list[str]]
    texts: int
