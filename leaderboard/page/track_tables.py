"""The sections of each track on the page."""

from collections.abc import Callable
from pathlib import Path

from benchmark.results.track_files import Refuse
from leaderboard.page.planning_sections import budget_sections, new_target_sections
from leaderboard.page.set_sections import set_sections
from leaderboard.page.track_section import TrackSection
from recovery.tracks.coverage.board import coverage_rows
from recovery.tracks.fidelity.board import fidelity_rows, gain_cells, score_cells
from recovery.tracks.fidelity.starts import SHARES
from recovery.tracks.result_files import COVERAGE, FIDELITY


def _coverage(folder: Path, refuse: Refuse) -> list[TrackSection]:
    rows = coverage_rows(COVERAGE.read(folder, refuse=refuse))
    section = TrackSection(
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
        texts=["Promise", "Measured cells", "Model"],
    )
    return [section]


def _fidelity(folder: Path, refuse: Refuse) -> list[TrackSection]:
    section = TrackSection(
        "fidelity",
        "What is a cheap matrix worth?",
        "A cheap matrix is known in full, and a share of a dear one; scores are per-target Spearman of the "
        "other transfers, and the gain is over the same model without the cheap matrix, ± half of the 95 % "
        "interval.",
        ["Matrices", "Model", *SHARES, *(f"Gain, {share}" for share in SHARES)],
        [
            [row.title, row.model, *score_cells(row), *gain_cells(row)]
            for row in fidelity_rows(FIDELITY.read(folder, refuse=refuse))
        ],
        texts=["Matrices", "Model"],
    )
    return [section]


TABLES: dict[str, Callable[[Path, Refuse], list[TrackSection]]] = {
    "coverage": _coverage,
    "fidelity": _fidelity,
    "new-target": new_target_sections,
    "budget": budget_sections,
    "sets": set_sections,
}
