"""Markdown tables, in which names from result files are text and no markup."""

import re
from collections.abc import Sequence

_MARKUP = re.compile(r"[\\|<\[]")


def plain(text: str) -> str:
    r"""Escape what makes a link, an image, HTML or another cell of a text; bold and code stay.

    >>> print(plain("**a|b** ![c](http://d) <e>"))
    **a\|b** !\[c](http://d) \<e>
    """
    return _MARKUP.sub(r"\\\g<0>", text)


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 0) -> str:
    """A table in GitHub's Markdown.

    Args:
        headings: one per column.
        rows: cells, one per heading in each row, escaped by :func:`plain`.
        numbers: number of trailing columns to align right.

    Returns:
        The table, one line per row, without a trailing newline.

    >>> print(markdown_table(["model", "score"], [["gae", "0.5"]], numbers=1))
    | model | score |
    | --- | ---: |
    | gae | 0.5 |
    """
    rules = ["---"] * (len(headings) - numbers) + ["---:"] * numbers
    escaped = [map(plain, cells) for cells in (headings, *rows)]
    head, *body = (f"| {' | '.join(cells)} |" for cells in escaped)
    return "\n".join([head, f"| {' | '.join(rules)} |", *body])
