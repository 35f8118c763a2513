"""Limits on what the page shows in full, so that it opens fast for any number of results."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.boards.aggregate import Board
from leaderboard.boards.overall import is_headline

# Maximum numbers of recovered matrix entries per page, about 5 bytes each, and of models per board.
ENTRIES = 400_000
RECOVERIES = 60
# Maximum size of all cards of a page, and about what one takes: without scores, and per target, in bytes.
CARD_BYTES, CARD, CARD_TARGET = 1_000_000, 550, 6
# Maximum number of models for which claims are examined: every claim looks at all pairs of models.
CLAIMED = 200


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the page shows in full.

    Attributes:
        pictured: boards with figures and claims.
        boards: number of boards.
    """

    pictured: list[Board]
    boards: int

    def cards(self, targets: int) -> int:
        """Number of models, best first, that have a card on a board of so many targets; at least one."""
        return max(1, CARD_BYTES // (max(1, self.boards) * (CARD + CARD_TARGET * targets)))

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
        boards=len(boards),
    )
