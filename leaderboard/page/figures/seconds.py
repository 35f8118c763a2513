"""Figure: score against training and prediction time."""

from collections.abc import Sequence

from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.limit_words import dashed_words
from leaderboard.boards.reliability import Reliability
from leaderboard.boards.standings import Standing
from leaderboard.page.figures.figure import Figure
from leaderboard.page.rows import kind_of

# The shortest time shown, in seconds.
SHORTEST = 0.001


def seconds_figure(key: str, ranked: Sequence[Standing], known: Reliability | None) -> Figure:
    """Score of every complete model against its time.

    Args:
        key: key of the figure.
        ranked: standings of the board.
        known: reliability of its matrix.

    Returns:
        The figure.
    """
    return Figure(
        key=key,
        kind="seconds",
        title="Score against seconds",
        caption="Up and to the left is better. Named: models that no faster model beats. "
        "Seconds are as measured on the machine that computed the results."
        f"{dashed_words(known)}",
        attainable=known.score if known else None,
        data=[
            {
                "model": standing.result.model.config.name,
                "kind": kind_of(standing.result),
                "seconds": max(standing.result.timing.seconds, SHORTEST),
                "spearman": standing.result.metrics[HEADLINE].mean,
            }
            for standing in ranked
            if standing.rank
        ],
    )
