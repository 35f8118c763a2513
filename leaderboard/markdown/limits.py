"""What noise allows and what a source mean explains, as Markdown: one line per board."""

from collections.abc import Sequence

from benchmark.reporting.terminal_boards import headline
from leaderboard.boards.aggregate import Board
from leaderboard.boards.headroom import headroom
from leaderboard.boards.reliability import reliability
from leaderboard.boards.standings import by_completeness
from leaderboard.markdown.tables import markdown_table


def limits_table(boards: Sequence[Board]) -> str:
    """Reliability and headroom of every board.

    Args:
        boards: in the order of the lines.

    Returns:
        The best score beside what measuring again gives and beside a source mean's.
    """
    return markdown_table(
        [
            "board",
            "rests on",
            "best model",
            "score",
            "reliability",
            "share of attainable",
            "source mean",
            "its share of the best",
        ],
        [_cells(board) for board in boards if by_completeness(board)[0]],
        numbers=5,
    )


def _cells(board: Board) -> list[str]:
    best = by_completeness(board)[0][0]
    score = headline(best)
    assert score is not None, "a complete result has a score"
    known, room = reliability(board.place), headroom(board)
    share = room.share if room else None
    return [
        board.place.short_title,
        known.kind if known else "–",
        best.model.config.name,
        f"{score:.3f}",
        f"{known.score:.2f}" if known else "–",
        f"{known.share(score):.0%}" if known else "–",
        f"{room.source_mean:.3f}" if room else "–",
        "–" if share is None or room is None else f"{share:.0%}{' †' if room.is_small else ''}",
    ]
