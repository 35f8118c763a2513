"""The rankings over datasets as Markdown: mean ranks, verdicts, scores by field, and how datasets agree."""

import numpy as np
import pandas as pd

from benchmark.reporting.terminal_boards import headline_words
from leaderboard.boards.across import Against, Comparison, baseline_against_all, leader_against_all
from leaderboard.boards.headroom import is_small_anywhere
from leaderboard.boards.overall import Overall, OverallRow, field_of, leader_without
from leaderboard.markdown.tables import markdown_table

COMPARISON = ["P(better)", "P(same)", "P(worse)", "Wilcoxon p (Holm)"]


def overall_title(overall: Overall) -> str:
    """The setting and the scope of a ranking, in words."""
    place = overall.place
    hidden = f"{place.mask} of the transfers hidden" if place.mask else "a fifth of the tasks new"
    scope = "" if overall.scope == "headline" else ", all regimes"
    return f"{place.setting.capitalize()}, {hidden}{scope}"


def ranking_table(overall: Overall, *, first: int | None = None) -> str:
    """A ranking over datasets, one row per complete model; the best mean of a field in bold.

    Args:
        overall: the ranking.
        first: only so many rows from the top; None for all.

    Returns:
        Mean rank with its interval, wins, and the mean per-target Spearman per field.
    """
    fields = list(dict.fromkeys(map(field_of, overall.datasets)))
    means = {row.name: [_field_mean(row, overall, field) for field in fields] for row in overall.ranked}
    best = [max(column, default=0.0) for column in zip(*means.values(), strict=True)]
    counts = [sum(field_of(name) == field for name in overall.datasets) for field in fields]
    return markdown_table(
        [
            "model",
            "encoder",
            "mean rank",
            "95 %",
            "wins",
            *(f"{field} ({count})" for field, count in zip(fields, counts, strict=True)),
        ],
        [
            [
                row.name,
                row.example.model.encoder or "–",
                *(
                    [f"{row.rank.mean:.1f}", f"{row.rank.low:.1f} to {row.rank.high:.1f}", str(row.rank.wins)]
                    if row.rank
                    else []
                ),
                *(_bold(f"{mean:.3f}", mean == top) for mean, top in zip(means[row.name], best, strict=True)),
            ]
            for row in overall.ranked[:first]
        ],
        numbers=3 + len(fields),
    )


def verdict_table(overall: Overall) -> str:
    """The leader and the best non-graph baseline against every complete model, by signed-rank tests.

    Args:
        overall: the ranking.

    Returns:
        Per reference P(better), P(same), P(worse) and Wilcoxon's p; "" with too few datasets or models.
    """
    found = [leader_against_all(overall), baseline_against_all(overall)]
    references = list({each.reference: each for each in found if each}.values())
    if not references:
        return ""
    headings = [
        words
        for each in references
        for words in (f"{each.reference} better", "same", "worse", "Wilcoxon p (Holm)")
    ]
    return markdown_table(
        ["against", *headings],
        [
            [row.name, *(cell for each in references for cell in _comparison_cells(each, row.name))]
            for row in overall.ranked
        ],
        numbers=len(headings),
    )


def score_tables(overall: Overall) -> list[tuple[str, str]]:
    """Scores on every dataset, one table per field and one row per model; the best of a column in bold.

    Args:
        overall: the ranking.

    Returns:
        Fields with their tables: per-target Spearman ± half of its 95 % interval per dataset, the mean alone
        where a dataset counts by several boards; a dash without a complete result.
    """
    tables = []
    for field in dict.fromkeys(map(field_of, overall.datasets)):
        positions = [number for number, name in enumerate(overall.datasets) if field_of(name) == field]
        names = [
            f"{overall.datasets[position]}{' †' if is_small_anywhere(overall.units[position]) else ''}"
            for position in positions
        ]
        rows = [
            [row.name, *(_score_cell(row, overall, position) for position in positions)]
            for row in overall.rows
            if any(row.scores[position] is not None for position in positions)
        ]
        tables.append((field, markdown_table(["model", *names], rows, numbers=len(names))))
    return tables


def headroom_words(overall: Overall) -> str:
    """Which datasets a source mean nearly explains, and who leads without them; "" if there are none."""
    small = [
        name for name, unit in zip(overall.datasets, overall.units, strict=True) if is_small_anywhere(unit)
    ]
    if not small:
        return ""
    leader = leader_without(overall, small)
    without = f"; without {'it' if len(small) == 1 else 'them'}, {leader} leads" if leader else ""
    return (
        "† A source mean alone, one ranking for all targets, reaches nine tenths or more of the best score "
        f"on {', '.join(small)}{without}."
    )


def agreement_table(overall: Overall) -> str:
    """Agreement between datasets on the order of the complete models.

    Args:
        overall: a ranking over at least two datasets.

    Returns:
        The lower triangle of the Spearman correlations between the datasets' columns, datasets numbered.
    """
    names = overall.datasets
    scores = pd.DataFrame([row.scores for row in overall.ranked], columns=names, dtype=float)
    agreement = np.asarray(scores.corr(method="spearman"), dtype=np.float64)
    return markdown_table(
        ["dataset", *(str(number) for number in range(1, len(names)))],
        [
            [f"{row} {name}", *(f"{value:.2f}" for value in own[: row - 1]), *[""] * (len(names) - row)]
            for row, (name, own) in enumerate(zip(names, agreement, strict=True), start=1)
        ],
        numbers=len(names) - 1,
    )


def comparison_words(comparison: Comparison | None) -> list[str]:
    """P(better), P(same), P(worse) and Wilcoxon's p as cells; dashes without a comparison."""
    if comparison is None:
        return ["–"] * 4
    return [*(f"{value:.2f}" for value in comparison.probabilities), f"{comparison.p_value:.3f}"]


def _comparison_cells(against: Against, name: str) -> list[str]:
    return comparison_words(against.comparisons.get(name))


def _field_mean(row: OverallRow, overall: Overall, field: str) -> float:
    scores = [
        score
        for name, score in zip(overall.datasets, row.scores, strict=True)
        if score is not None and field_of(name) == field
    ]
    return sum(scores) / len(scores)


def _score_cell(row: OverallRow, overall: Overall, position: int) -> str:
    score = row.scores[position]
    if score is None:
        return "–"
    unit = overall.units[position]
    result = unit[0].find(row.name) if len(unit) == 1 else None
    best = max(other for each in overall.rows if (other := each.scores[position]) is not None)
    return _bold(headline_words(result) if result else f"{score:.3f}", score == best)


def _bold(words: str, is_best: bool) -> str:
    return f"**{words}**" if is_best else words
