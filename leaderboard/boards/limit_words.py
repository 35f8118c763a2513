"""What a board allows, in a line: noise, and what a source mean explains."""

from benchmark.results.schema import Metric
from leaderboard.boards.aggregate import Board
from leaderboard.boards.headroom import headroom
from leaderboard.boards.reliability import Reliability, reliability


def limit_words(board: Board) -> str:
    """The line that stands beside a board.

    Args:
        board: results of one place.

    Returns:
        One or two sentences; "" if neither the noise nor a source mean is known.
    """
    known, room = reliability(board.place), headroom(board)
    said = []
    if known:
        said.append(f"Measured again, the matrix scores {known.score:.2f} ({known.words}).")
    if room:
        share = "" if room.share is None else f", {room.share:.0%} of the best"
        warning = ": it explains nearly everything, and the board hardly tells models apart"
        said.append(
            f"A source mean alone scores {room.source_mean:.3f}{share}{warning if room.is_small else ''}."
        )
    return " ".join(said)


def dashed_words(known: Reliability | None) -> str:
    """What the dashed line of a figure is, as a sentence to append; "" without one."""
    return f" Dashed: measured again, the matrix scores {known.score:.2f} ({known.words})." if known else ""


def share_words(known: Reliability, score: Metric | None) -> str:
    """A score's share of what is attainable, in percent; a dash without a score."""
    return "–" if score is None or score.mean is None else f"{known.share(score.mean):.0%}"
