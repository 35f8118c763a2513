"""Sections of the page about tracks: each track supplies a table, made of the results beside the folder."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from recovery.tracks.budget.shares import FROM_NOTHING
from recovery.tracks.campaign import result as plan_results
from recovery.tracks.campaign.board import CurveRow, curve_rows
from recovery.tracks.coverage import result as coverage_results
from recovery.tracks.coverage.board import coverage_rows
from recovery.tracks.fidelity import result as fidelity_results
from recovery.tracks.fidelity.board import fidelity_rows, gain_cells, score_cells
from recovery.tracks.fidelity.starts import SHARES


class TrackSection(NamedTuple):
    """A track on the page.

    Attributes:
        key: of its table, and what a download of it is called.
        title: what it asks.
        words: what the table shows.
        headings: of the columns.
        rows: cells in words, one per heading.
        texts: number of leading columns that are text; the others are numbers.
    """

    key: str
    title: str
    words: str
    headings: list[str]
    rows: list[list[str]]
    texts: int


def track_sections(results: Path) -> list[TrackSection]:
    """The sections of the tracks that have results.

    Args:
        results: output folder of ``affinity-bench run``; those of tracks are beside it, as in
            ``results-coverage``.

    Returns:
        A section per track.

    Raises:
        UserError: if a file in such a folder is no result of its track.
    """
    folders = {track: results.with_name(f"{results.resolve().name}-{track}") for track in _SECTIONS}
    return [_SECTIONS[track](folder) for track, folder in folders.items() if any(folder.rglob("*.json"))]


def _coverage(folder: Path) -> TrackSection:
    rows = coverage_rows(coverage_results.read_results(folder))
    return TrackSection(
        "coverage",
        "Do intervals cover what they promise?",
        "A recovered matrix comes with 90 % intervals. Coverage is the share of unmeasured cells inside, "
        "mean over datasets, by what was promised and how the measured cells were picked; width is the "
        "median of the ratio to that of the source mean with the same calibration.",
        ["Promise", "Measured cells", "Model", "Datasets", "Coverage", "Worst dataset", "Width", "Unbounded"],
        [
            [
                row.promise,
                row.pattern,
                row.model,
                str(row.datasets),
                f"{row.coverage:.3f}",
                f"{row.worst:.3f}",
                "–" if row.width is None else f"{row.width:.2f}",
                f"{row.unbounded:.1%}",
            ]
            for row in rows
        ],
        texts=3,
    )


def _fidelity(folder: Path) -> TrackSection:
    return TrackSection(
        "fidelity",
        "What is a cheap matrix worth?",
        "A cheap matrix is known in full, and a share of a dear one; scores are per-target Spearman of the "
        "other transfers, and the gain is over the same model without the cheap matrix, ± half of the 95 % "
        "interval.",
        ["Matrices", "Model", *SHARES, *(f"Gain, {share}" for share in SHARES)],
        [
            [row.title, row.model, *score_cells(row), *gain_cells(row)]
            for row in fidelity_rows(fidelity_results.read_results(folder))
        ],
        texts=2,
    )


def _new_target(folder: Path) -> TrackSection:
    return _curves(
        "new-target",
        "Which sources first, for a new target?",
        "Nothing of one target is measured, and every other column is known. Regret of the best measured "
        "source after k runs, as a share of the target's range: mean over datasets ± half of the 95 % "
        "interval.",
        curve_rows(plan_results.read_results(folder), "regret"),
        point="k = {:g}",
    )


def _budget(folder: Path) -> TrackSection:
    return _curves(
        "budget",
        "What is worth measuring?",
        "Campaigns from nothing, in batches up to half of the matrix. Regret of the source that looks best, "
        "measured or recovered, by the share measured: mean over datasets ± half of the 95 % interval.",
        curve_rows(plan_results.read_results(folder), "regret", name=FROM_NOTHING),
        point="{:.0%}",
    )


def _curves(key: str, title: str, words: str, rows: list[CurveRow], *, point: str) -> TrackSection:
    points = [point.format(each) for each in rows[0].points]
    return TrackSection(
        key,
        title,
        words,
        ["Strategy", "Datasets", *points, "Area", "Seconds"],
        [
            [
                row.strategy,
                str(row.datasets),
                *(f"{mean:.3f} ± {half:.3f}" for mean, half in zip(row.mean, row.half_width, strict=True)),
                f"{row.area:.3f}",
                f"{row.seconds:.2f}",
            ]
            for row in rows
        ],
        texts=1,
    )


_SECTIONS: dict[str, Callable[[Path], TrackSection]] = {
    "coverage": _coverage,
    "fidelity": _fidelity,
    "new-target": _new_target,
    "budget": _budget,
}
