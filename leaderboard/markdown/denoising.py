"""Recovered and shrunken cells beside single runs, as Markdown."""

from collections.abc import Sequence

from benchmark.denoising.comparison import Comparison
from leaderboard.boards.denoising import DenoisingRow, denoising_answers, difference_words
from leaderboard.markdown.tables import markdown_table, plain


def denoising_parts(rows: Sequence[DenoisingRow]) -> list[str]:
    """The answers, and a table with a line per matrix and model.

    Args:
        rows: of any matrices.

    Returns:
        Paragraphs.
    """
    answers = "\n".join(f"- {plain(answer)}" for answer in denoising_answers(rows))
    table = markdown_table(
        [
            "matrix",
            "model",
            "shrunk by",
            "never measured: recovered",
            "one run",
            "difference",
            "whole columns: recovered",
            "one run",
            "difference",
            "measured: shrunk",
            "one run",
            "difference",
        ],
        [
            [
                row.title,
                row.model,
                row.measured.estimate,
                *(cell for each in (row.hidden, row.whole, row.measured) for cell in _cells(each)),
            ]
            for row in rows
        ],
        numbers=9,
    )
    return [answers, table]


def _cells(comparison: Comparison) -> list[str]:
    return [
        f"{comparison.score.mean:.3f}",
        f"{comparison.one_run.mean:.3f}",
        difference_words(comparison),
    ]
