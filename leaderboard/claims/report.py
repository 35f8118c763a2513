"""Claims as Markdown tables: one line per claim and board, and one per pair."""

from collections.abc import Sequence

from rich.console import Console

from benchmark.scoring.intervals import PairedTest
from leaderboard.boards.aggregate import Board
from leaderboard.claims.verdicts import Finding, verdict
from leaderboard.markdown.tables import markdown_table

NOTES = """\
Differences of per-target Spearman over the same splits, first minus second, averaged over a claim's pairs,
with the 95 % interval of the corrected resampled t-test; verdicts at p < .05 after Holm's correction over
the board's tested claims, those about side information (a kind of Z, pair features) apart. The two models of
a pair differ only in the aspect that the claim names, unless the claim says `best`. A graph model is one
whose encoder passes messages over the graph; models with the profile encoder do not, and are on neither side
of `graph against best non-graph`.

Four claims select models by the scores being compared: `best directed against best undirected` selects both
sides, which inflates the difference, so it is not tested; `graph against best non-graph` selects the opponent
(the board's best fitted model without an encoder), and so do `own against best other` (own: fitted models
that come from this project) and `pretrained against best fitted`, which favours the opponent."""


def print_findings(answers: Sequence[tuple[Board, list[Finding]]], *, pairs: bool) -> None:
    """Print the claims table of some boards.

    Args:
        answers: boards with their findings.
        pairs: also print one table of pairs per finding.
    """
    # Soft wrap keeps every table row on one line, so that the Markdown can be copied from the terminal.
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(claims_table(answers))
    console.print(f"\n{NOTES}")
    for board, findings in answers if pairs else ():
        for finding in findings:
            if finding.pairs:
                console.print(f"\n{board.place.short_title}: {finding.claim.name}\n")
                console.print(pairs_table(finding))


def claims_table(answers: Sequence[tuple[Board, list[Finding]]]) -> str:
    """Findings of all boards, one row per claim.

    Args:
        answers: boards with their findings.

    Returns:
        A Markdown table.
    """
    return markdown_table(
        ["board", "claim", "verdict", "difference (95 %)", "better in"],
        [
            [
                board.place.short_title,
                _claim_words(finding),
                finding.verdict,
                difference_words(finding.overall),
                f"{finding.better_in} of {len(finding.pairs)}" if finding.pairs else "–",
            ]
            for board, findings in answers
            for finding in findings
        ],
    )


def pairs_table(finding: Finding) -> str:
    """One finding, one row per pair; p-values are Holm-adjusted over these pairs.

    Args:
        finding: the finding.

    Returns:
        A Markdown table.
    """
    tested = finding.claim.is_tested
    return markdown_table(
        ["model", "against", "verdict", "difference (95 %)"],
        [
            [
                *(result.model.config.name for result in pair),
                verdict(test) if tested else finding.verdict,
                difference_words(test),
            ]
            for pair, test in zip(finding.pairs, finding.of_pairs, strict=True)
        ],
    )


def difference_words(test: PairedTest | None) -> str:
    """Format a difference and its confidence interval.

    Args:
        test: the paired test; None gives a dash.

    Returns:
        The difference and its interval, with sign and three decimals.

    >>> difference_words(PairedTest(difference=0.1, low=-0.02, high=0.22, p_value=0.09))
    '+0.100 (-0.020 to +0.220)'
    """
    return f"{test.difference:+.3f} ({test.low:+.3f} to {test.high:+.3f})" if test else "–"


def _claim_words(finding: Finding) -> str:
    """The claim, with the models that were selected for it."""
    if not finding.pairs or finding.claim.picks == "none":
        return finding.claim.name
    picked = finding.pairs[0] if finding.claim.picks == "both" else finding.pairs[0][1:]
    return f"{finding.claim.name} ({', '.join(result.model.config.name for result in picked)})"
