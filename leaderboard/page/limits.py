"""How much the page shows in full, so that it opens fast whatever there is: the rest is named, not drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.boards.aggregate import Board
from leaderboard.boards.overall import is_headline

# Entries of recovered matrices, about 5 bytes each, and models of one board.
ENTRIES = 400_000
RECOVERIES = 60
# About 0.7 kB each.
CARDS = 1500
# Every pair of models is looked at for every claim.
CLAIMED = 200


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is drawn.

    Attributes:
        pictured: boards with pictures and claims.
        cards: models of any board, best first, that have a card.
    """

    pictured: list[Board]
    cards: int

    def recoveries(self, num_tasks: int) -> int:
        """Models of a pictured board, best first, whose recovered matrix is in the page; at least one."""
        fitting = ENTRIES // (max(1, len(self.pictured)) * num_tasks**2)
        return max(1, min(RECOVERIES, fitting))

    def has_claims(self, board: Board) -> bool:
        """Whether a board's claims are shown."""
        return self.is_pictured(board) and len(board.results) <= CLAIMED

    def is_pictured(self, board: Board) -> bool:
        """Whether a board has pictures."""
        return any(board is each for each in self.pictured)


def choose(boards: Sequence[Board], *, pictures: int) -> Limits:
    """Share the page out over boards: headline matrices come first, then the boards with most splits.

    Args:
        boards: all that the page lists.
        pictures: boards with pictures at most.

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
