"""Claims as Markdown tables: one line a claim and board, and one a pair."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from benchmark.scoring.intervals import PairedTest
from leaderboard.boards.aggregate import Board
from leaderboard.claims.verdicts import Finding, verdict

NOTES = """\
Differences of per-target Spearman over the same splits, first minus second, averaged over a claim's
pairs, with the 95 % interval of the corrected resampled t-test; verdicts by Holm's p < .05 over the
board's tested claims. Unless a claim says `best`, the two models of a pair are alike but for what it
names. A graph model's encoder passes messages; the profile encoder does not, and its models are on
neither side of `graph against best non-graph`.
Picked by the very scores that are compared: both sides of `best directed against best undirected`, which
flatters the difference, so that it is not tested; the opponent in `graph against best non-graph` (the
board's best model without an encoder), which flatters the opponent."""
# A line is to be pasted, so it stays one line; a terminal breaks it by itself.
LINE_WIDTH = 400


def print_findings(answers: Sequence[tuple[Board, list[Finding]]], *, pairs: bool) -> None:
    """Print what boards say.

    Args:
        answers: boards with their findings.
        pairs: show every pair as well.
    """
    console = Console(width=LINE_WIDTH, highlight=False, markup=False)
    console.print(claims_table(answers))
    console.print(f"\n{NOTES}")
    for board, findings in answers if pairs else ():
        for finding in findings:
            if finding.pairs:
                console.print(f"\n{board.place.short_title}: {finding.claim.name}\n")
                console.print(pairs_table(finding))


def claims_table(answers: Sequence[tuple[Board, list[Finding]]]) -> Table:
    """All boards, a line a claim.

    Args:
        answers: boards with their findings.

    Returns:
        A table for rich.
    """
    table = _table("board", "claim", "verdict", "difference (95 %)", "better in")
    for board, findings in answers:
        for finding in findings:
            count = f"{finding.better_in} of {len(finding.pairs)}" if finding.pairs else "–"
            table.add_row(
                board.place.short_title,
                _claim_words(finding),
                finding.verdict,
                difference_words(finding.overall),
                count,
            )
    return table


def pairs_table(finding: Finding) -> Table:
    """One finding, a line a pair; verdicts by Holm's p over these pairs.

    Args:
        finding: what to show.

    Returns:
        A table for rich.
    """
    table = _table("model", "against", "verdict", "difference (95 %)")
    for pair, test in zip(finding.pairs, finding.of_pairs, strict=True):
        names = [result.model.config.name for result in pair]
        words = verdict(test) if finding.claim.is_tested else finding.verdict
        table.add_row(*names, words, difference_words(test))
    return table


def difference_words(test: PairedTest | None) -> str:
    """A difference and its interval.

    Args:
        test: None for a dash.

    Returns:
        Three decimals, always with a sign.

    >>> difference_words(PairedTest(difference=0.1, low=-0.02, high=0.22, p_value=0.09))
    '+0.100 (-0.020 to +0.220)'
    """
    return f"{test.difference:+.3f} ({test.low:+.3f} to {test.high:+.3f})" if test else "–"


def _claim_words(finding: Finding) -> str:
    """The claim, and who was picked for it."""
    if not finding.pairs or finding.claim.picks == "none":
        return finding.claim.name
    picked = finding.pairs[0] if finding.claim.picks == "both" else finding.pairs[0][1:]
    return f"{finding.claim.name} ({', '.join(result.model.config.name for result in picked)})"


def _table(*headings: str) -> Table:
    table = Table(box=box.MARKDOWN)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    return table
