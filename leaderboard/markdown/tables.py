"""Markdown tables."""

from collections.abc import Sequence


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 0) -> str:
    """A table in GitHub's Markdown.

    Args:
        headings: one per column.
        rows: cells, one per heading in each row.
        numbers: number of trailing columns to align right.

    Returns:
        The table, one line per row, without a trailing newline.

    >>> print(markdown_table(["model", "score"], [["gae", "0.5"]], numbers=1))
    | model | score |
    | --- | ---: |
    | gae | 0.5 |
    """
    rules = ["---"] * (len(headings) - numbers) + ["---:"] * numbers
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, rules, *rows))
