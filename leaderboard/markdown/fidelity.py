"""The boards of the fidelity track as Markdown."""

from collections.abc import Sequence
from itertools import groupby

from leaderboard.markdown.tables import markdown_table
from recovery.tracks.fidelity.board import FidelityRow, fidelity_rows, gain_cells, score_cells
from recovery.tracks.fidelity.models import without_cheap
from recovery.tracks.fidelity.result import FidelityResult
from recovery.tracks.fidelity.starts import SHARES

HEADLINE_SHARE = "20 %"
INTRODUCTION = """\
A cheap matrix is known in full, and 10, 20 or 40 % of a dear one; the rest of the dear one is recovered.
Scores are per-target Spearman of the hidden transfers ± half the width of the 95 % interval (bootstrap over
targets and 21 starts). The gain is over the same model without the cheap matrix on the same starts;
`cheap-alone` ranks by the cheap matrix as it stands. `auto` and `auto+pairs` choose by cross-validation on
the known transfers, as `affinity-bench recover` does. [docs/fidelity.md](../docs/fidelity.md) has the
protocol."""


def fidelity_section(results: Sequence[FidelityResult]) -> list[str]:
    """The boards of the track.

    Args:
        results: of any models and matrices.

    Returns:
        Paragraphs and tables: the gains side by side, and a table per pair of matrices; nothing without
        results.
    """
    if not results:
        return []
    rows = fidelity_rows(results)
    parts = ["## What a cheap matrix is worth", INTRODUCTION]
    gaining = [row for row in rows if row.gain]
    if gaining:
        parts += [f"### Gain at {HEADLINE_SHARE}, and the smallest at any share", _gains(gaining)]
    for title, own in groupby(rows, key=lambda row: row.title):
        parts += [f"### {title}", _table(list(own))]
    return parts


def _gains(rows: Sequence[FidelityRow]) -> str:
    """A row per model, a column per pair of matrices."""
    titles = list(dict.fromkeys(row.title for row in rows))
    found = {(row.model, row.title): row for row in rows}
    lines = []
    for model in dict.fromkeys(row.model for row in rows):
        own = [found.get((model, title)) for title in titles]
        at_headline = [f"{row.gain[HEADLINE_SHARE].mean:+.3f}" if row else "–" for row in own]
        smallest = min(gain.mean for row in own if row for gain in row.gain.values())
        lines.append([model, without_cheap(model) or "–", *at_headline, f"{smallest:+.3f}"])
    headings = ["model", "against", *titles, "smallest"]
    return markdown_table(headings, lines, numbers=len(titles) + 1)


def _table(rows: Sequence[FidelityRow]) -> str:
    return markdown_table(
        [
            "model",
            *(f"Spearman, {share} known" for share in SHARES),
            *(f"gain, {share}" for share in SHARES),
            *(f"regret@1, {share}" for share in SHARES),
        ],
        [
            [
                row.model,
                *score_cells(row),
                *gain_cells(row),
                *(f"{row.regret[share]:.3f}" for share in SHARES),
            ]
            for row in rows
        ],
        numbers=3 * len(SHARES),
    )
