"""Sections of the page about tracks: each track supplies a table, made of the results beside the folder."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmark.sets import result as set_results
from benchmark.sets.board import cells_of, choice_cells, set_boards
from benchmark.sets.set_metrics import METRICS
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
        "A recovered matrix comes with 90 % intervals. Coverage is the share of unmeasured cells inside, mean "
        "over datasets, by what was promised and how the measured cells were picked; width is the median of "
        "the ratio to that of the source mean with the same calibration.",
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
        "A cheap matrix is known in full, and a share of a dear one; scores are per-target Spearman of the other "
        "transfers, and the gain is over the same model without the cheap matrix, ± half of the 95 % interval.",
        ["Matrices", "Model", *SHARES, *(f"Gain, {share}" for share in SHARES)],
        [
            [row.title, row.model, *score_cells(row), *gain_cells(row)]
            for row in fidelity_rows(fidelity_results.read_results(folder))
        ],
        texts=2,
    )


def _sets(folder: Path) -> TrackSection:
    return TrackSection(
        "sets",
        "Which set of sources is best?",
        "Models rank the hidden sets of each target from single transfers and other sets; Spearman ± half of "
        "the 95 % interval. Beside them what a model chooses on the first split: how often the chosen set is "
        "the best hidden one, its median rank, and the median rank that the model gives to the best one.",
        [
            "Board",
            "Model",
            *METRICS.values(),
            "Chosen is best",
            "Rank of chosen",
            "Rank of best",
            "CPU seconds",
        ],
        [
            [board.title, name, *numbers, *choice_cells(result), seconds]
            for board in set_boards(set_results.read_results(folder))
            for result in board.results
            for name, *numbers, seconds in [cells_of(result)]
        ],
        texts=2,
    )


_SECTIONS: dict[str, Callable[[Path], TrackSection]] = {
    "coverage": _coverage,
    "fidelity": _fidelity,
    "sets": _sets,
}
