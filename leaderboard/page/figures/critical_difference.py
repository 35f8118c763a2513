"""Critical-difference diagram (Demšar, JMLR 2006): mean ranks, and which of them cannot be told apart."""

import numpy as np

from leaderboard.boards.across import MIN_DATASETS
from leaderboard.boards.overall import Overall
from leaderboard.page.figures.figure import Figure
from leaderboard.page.rows import kind_of
from leaderboard.statistics.mean_rank import cliques, critical_difference, mean_ranks

# Of many models the difference is so large that it joins all: the first ones are ranked among themselves.
MODELS = 12


def critical_difference_figure(key: str, overall: Overall) -> Figure | None:
    """The first models of a ranking by their mean ranks among themselves.

    Args:
        key: names the figure.
        overall: the ranking.

    Returns:
        The figure; None with too few datasets or models.
    """
    rows = overall.ranked[:MODELS]
    if len(rows) < 2 or len(overall.units) < MIN_DATASETS:
        return None
    ranks = mean_ranks(np.array([row.scores for row in rows], dtype=np.float64).T)
    pairs = sorted(zip(rows, ranks, strict=True), key=lambda pair: pair[1].mean)
    difference = critical_difference(models=len(rows), datasets=len(overall.units))
    joined = {
        first: pairs[last][0].name for first, last in cliques([rank.mean for _, rank in pairs], difference)
    }
    return Figure(
        key=key,
        kind="ranks",
        title="Critical difference",
        caption=f"Mean ranks of the first {len(rows)} models among themselves over {len(overall.units)} "
        "datasets, with 95 % intervals (bootstrap over datasets). Bars on the left join models whose mean "
        f"ranks are no further apart than {difference:.1f}, the critical difference at .05 (Nemenyi).",
        data=[
            {
                "model": row.name,
                "kind": kind_of(row.example),
                "rank": rank.mean,
                "low": rank.low,
                "high": rank.high,
                "joined_to": joined.get(place),
                "critical_difference": difference,
            }
            for place, (row, rank) in enumerate(pairs)
        ],
    )
