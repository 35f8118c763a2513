"""Limits on what the page shows in full, so that it opens fast for any number of results."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.boards.aggregate import Board
from leaderboard.boards.overall import is_headline

# Maximum numbers of recovered matrix entries per page, about 5 bytes each, and of models per board.
ENTRIES = 400_000
RECOVERIES = 60
# Maximum number of cards per page, about 0.7 kB each.
CARDS = 1500
# Maximum number of models for which claims are examined: every claim looks at all pairs of models.
CLAIMED = 200


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the page shows in full.

    Attributes:
        pictured: boards with figures and claims.
        cards: number of models per board, best first, that have a card.
    """

    pictured: list[Board]
    cards: int

    def recoveries(self, entries: int) -> int:
        """Number of models, best first, whose recovered matrix a board with figures shows; at least one.

        Args:
            entries: number of entries of the board's matrix, sources × targets.
        """
        fitting = ENTRIES // (max(1, len(self.pictured)) * entries)
        return max(1, min(RECOVERIES, fitting))

    def has_claims(self, board: Board) -> bool:
        """Whether a board's claims are shown."""
        return self.is_pictured(board) and len(board.results) <= CLAIMED

    def is_pictured(self, board: Board) -> bool:
        """Whether a board has figures."""
        return any(board is each for each in self.pictured)


def choose(boards: Sequence[Board], *, pictures: int) -> Limits:
    """Choose the boards with figures: headline matrices first, then the boards with the most splits.

    Args:
        boards: all boards of the page.
        pictures: maximum number of boards with figures.

    Returns:
        The limits.
    """
    first = sorted(
        boards, key=lambda board: (not is_headline(board.place), -len(board.results[0].data.split_numbers))
    )
    pictured = first[:pictures]
    return Limits(
        pictured=pictured,
        cards=CARDS // max(1, len(boards)),
    )
