"""How much the page shows in full, so that it opens fast whatever there is: the rest is named, not drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.aggregate import Board
from leaderboard.overall import is_headline

# About 4 kB each of matrix, tree and curve.
RECOVERIES = 600
# About 0.4 kB each.
CARDS = 3000
# Every pair of models is looked at for every claim.
CLAIMED = 200


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is drawn.

    Attributes:
        pictured: boards with pictures and claims.
        recoveries: models of a pictured board, best first, whose recovered matrix is in the page.
        cards: models of any board, best first, that have a card.
    """

    pictured: list[Board]
    recoveries: int
    cards: int

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
        recoveries=RECOVERIES // max(1, len(pictured)),
        cards=CARDS // max(1, len(boards)),
    )
