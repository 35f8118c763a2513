"""The claims over datasets as Markdown."""

from collections.abc import Sequence

from leaderboard.claims.across import AcrossDatasets
from leaderboard.markdown.overall import COMPARISON, comparison_words
from leaderboard.markdown.tables import markdown_table


def claims_across_table(answers: Sequence[AcrossDatasets]) -> str:
    """One line per claim: the mean difference over datasets, and what the signed-rank tests say of it.

    Args:
        answers: from :func:`leaderboard.claims.across.claims_across`.

    Returns:
        A Markdown table.
    """
    return markdown_table(
        ["claim", "datasets", "mean difference (95 %)", *COMPARISON],
        [
            [
                answer.claim.name,
                f"{answer.above} of {len(answer.datasets)} above 0",
                _mean_words(answer),
                *comparison_words(answer.comparison),
            ]
            for answer in answers
            if answer.datasets
        ],
        numbers=5,
    )


def claims_by_dataset_table(answers: Sequence[AcrossDatasets]) -> str:
    """The differences behind it: one line per dataset, one column per claim; a dash without pairs."""
    answered = [answer for answer in answers if answer.datasets]
    names = list(dict.fromkeys(each.dataset for answer in answered for each in answer.datasets))
    found = [{each.dataset: f"{each.difference:+.3f}" for each in answer.datasets} for answer in answered]
    return markdown_table(
        ["dataset", *(answer.claim.name for answer in answered)],
        [[name, *(column.get(name, "–") for column in found)] for name in names],
        numbers=len(answered),
    )


def _mean_words(answer: AcrossDatasets) -> str:
    if answer.mean is None:
        return "–"
    interval = "" if answer.low is None else f" ({answer.low:+.3f} to {answer.high:+.3f})"
    return f"{answer.mean:+.3f}{interval}"
