"""Figure: score against the missing ratio, with the test-retest agreement of the matrix."""

from collections.abc import Mapping, Sequence

from leaderboard.boards.aggregate import Board
from leaderboard.claims.pairs import best_baseline
from leaderboard.page.figures.figure import Figure
from leaderboard.page.rows import kind_of

MODELS = 5
# Number of best models of a board among which those run at every missing ratio are looked for.
CANDIDATES = 100
WHOLE_COLUMN = "column.spearman"


def shares_figure(key: str, boards: Sequence[Board], again: Mapping[str, float]) -> Figure | None:
    """Scores of several models against the missing ratio of one matrix.

    Scores are over whole columns, as for the retest: the queries of a split are a shorter, harder list.

    Args:
        key: key of the figure.
        boards: transductive boards of one matrix and protocol version, one per missing ratio.
        again: what measuring the matrix again scores, by how that is known.

    Returns:
        The figure; None if no model was scored over whole columns.
    """
    widest = max(boards, key=lambda board: _scored(board, boards))
    baseline = best_baseline(widest.results)
    ranked = [each for each in widest.results[:CANDIDATES] if WHOLE_COLUMN in each.metrics]
    ranked.sort(key=lambda each: -sum(board.find(each.model.config.name) is not None for board in boards))
    names = dict.fromkeys(each.model.config.name for each in ranked[:MODELS])
    if baseline:
        names[baseline.model.config.name] = None
    data = [
        {
            "model": name,
            "kind": kind_of(result),
            "hidden": result.data.query_share,
            "spearman": metric.mean,
            "low": metric.low,
            "high": metric.high,
        }
        for name in names
        for board in boards
        if (result := board.find(name)) and (metric := result.metrics.get(WHOLE_COLUMN))
        if metric.mean is not None
    ]
    if not data:
        return None
    data += [
        {
            "model": f"{words} ({score:.2f})",
            "kind": "retest",
            "hidden": None,
            "spearman": score,
            "low": None,
            "high": None,
        }
        for words, score in again.items()
    ]
    masks = ", ".join(board.place.mask or "" for board in boards)
    dashed = " Dashed: score of measuring the same matrix again." if again else ""
    more = "" if len(boards) > 1 else f" Only {masks} was run; MASK=1/2,2/3 adds the others."
    return Figure(
        key=key,
        kind="shares",
        title="Score against missing ratio",
        caption=f"Per-target Spearman over whole columns with 95 % intervals.{dashed}{more}",
        data=data,
    )


def _scored(board: Board, boards: Sequence[Board]) -> int:
    """Number of the board's best models that all other boards have too, and that can be drawn as lines."""
    return sum(
        all(other.find(each.model.config.name) for other in boards) for each in board.results[:CANDIDATES]
    )
