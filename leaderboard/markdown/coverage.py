"""The boards of the coverage track as Markdown."""

from collections.abc import Sequence
from itertools import groupby

from leaderboard.markdown.tables import markdown_table
from recovery.guarantee import Chosen
from recovery.tracks.coverage.board import HEADINGS, CoverageRow, cells_of, coverage_rows
from recovery.tracks.coverage.result import CoverageResult
from recovery.tracks.coverage.scores import HEADLINE_LEVEL, LEVELS

INTRODUCTION = """\
Do the intervals of a recovered matrix cover what they promise, however the measured cells were picked? Six
patterns, every dataset's headline matrix; [docs/recover.md](../docs/recover.md#the-coverage-track) has the
protocol. Coverage is the mean over datasets of the share of test cells inside their intervals, beside the
worst dataset and the 10th percentile of the targets with 40 or more test cells. Width and interval score are
the median over datasets of their ratio to those of the source mean with the same calibration; unbounded
intervals are left out of them and counted beside. The calibration error is that of `chance_best`."""

PROMISES: dict[Chosen, str] = {
    "drawn": "Drawn: cells drawn at random and measured calibrate the others, guaranteed",
    "random": "Random: cross-validation, cells missing at random",
    "by-hand": "By hand: cross-validation, cells picked otherwise; nothing is promised",
}


def coverage_section(results: Sequence[CoverageResult]) -> list[str]:
    """The boards of the track.

    Args:
        results: of any models and datasets.

    Returns:
        Paragraphs and tables: a table per promise, and one of the other levels; nothing without results.
    """
    if not results:
        return []
    parts = ["## Coverage of recovered matrices", INTRODUCTION]
    rows = coverage_rows(results)
    for promise, own in groupby(rows, key=lambda row: row.promise):
        parts += [f"### {PROMISES[promise]}", _table(list(own))]
    others = [level for level in LEVELS if level != HEADLINE_LEVEL]
    parts += [f"### Other levels: coverage at {' and '.join(f'{level:.0%}' for level in others)}"]
    parts.append(_levels_table(results, others))
    return parts


def _table(rows: Sequence[CoverageRow]) -> str:
    return markdown_table(HEADINGS[1:], [cells_of(row)[1:] for row in rows], numbers=len(HEADINGS) - 3)


def _levels_table(results: Sequence[CoverageResult], levels: Sequence[float]) -> str:
    found = [coverage_rows(results, level=level) for level in levels]
    return markdown_table(
        ["promise", "pattern", "model", *(f"{level:.0%}" for level in levels)],
        [
            [same[0].promise, same[0].pattern, same[0].model, *(f"{row.coverage:.3f}" for row in same)]
            for same in zip(*found, strict=True)
        ],
        numbers=len(levels),
    )
