"""The rankings over datasets and the agreement between datasets, as Markdown tables."""

from itertools import combinations

import pandas as pd

from benchmark.reporting.terminal_boards import headline_words
from leaderboard.boards.overall import Overall, OverallRow
from leaderboard.markdown.tables import markdown_table


def overall_table(overall: Overall, *, first: int | None = None) -> str:
    """A ranking over datasets, one row per model; the best score in each column is bold.

    Args:
        overall: the ranking.
        first: number of complete models to show, from the top; None shows all models.

    Returns:
        A Markdown table of per-target Spearman ± half the width of its 95 % interval per dataset; a dash
        where there is no complete result.
    """
    names = [board.place.dataset for board in overall.boards]
    rows = overall.rows if first is None else [row for row in overall.rows if row.mean_rank][:first]
    columns = zip(*(row.scores for row in overall.rows), strict=True)
    best = [max((score for score in column if score is not None), default=None) for column in columns]
    return markdown_table(
        ["model", "encoder", "mean rank", *names],
        [_cells(row, overall, best) for row in rows],
        numbers=1 + len(names),
    )


def agreement_table(overall: Overall) -> str:
    """Agreement between datasets on the order of the complete models.

    Args:
        overall: a ranking over at least two datasets.

    Returns:
        A Markdown table, one row per pair of datasets: the Spearman correlation over models of their scores.
    """
    names = [board.place.dataset for board in overall.boards]
    scores = pd.DataFrame([row.scores for row in overall.rows if row.mean_rank], columns=names, dtype=float)
    agreement = scores.corr(method="spearman").to_numpy(dtype=float)
    return markdown_table(
        ["dataset", "dataset", "Spearman"],
        [
            [names[one], names[other], f"{float(agreement[one, other]):.2f}"]
            for one, other in combinations(range(len(names)), 2)
        ],
        numbers=1,
    )


def _cells(row: OverallRow, overall: Overall, best: list[float | None]) -> list[str]:
    rank = "–" if row.mean_rank is None else f"{row.mean_rank:.1f}"
    cells = [row.name, row.example.model.encoder or "–", rank]
    for board, score, top in zip(overall.boards, row.scores, best, strict=True):
        result = board.find(row.name)
        words = headline_words(result) if result and score is not None else "–"
        cells.append(f"**{words}**" if score is not None and score == top else words)
    return cells
