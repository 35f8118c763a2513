"""The table of each track on the page."""

from collections.abc import Callable
from pathlib import Path

from benchmark.results.track_files import Refuse
from benchmark.sets.board import cells_of, choice_cells, set_boards
from benchmark.sets.metric_names import METRICS
from benchmark.sets.result_files import SETS
from leaderboard.page.track_section import TrackSection
from recovery.tracks.budget.shares import FROM_NOTHING
from recovery.tracks.budget.shares import SHARES as BUDGET_SHARES
from recovery.tracks.campaign.board import CurveRow, curve_rows
from recovery.tracks.coverage.board import coverage_rows
from recovery.tracks.fidelity.board import fidelity_rows, gain_cells, score_cells
from recovery.tracks.fidelity.starts import SHARES
from recovery.tracks.new_target.run import RUNS
from recovery.tracks.result_files import BUDGET, COVERAGE, FIDELITY, NEW_TARGET


def _coverage(folder: Path, refuse: Refuse) -> TrackSection:
    rows = coverage_rows(COVERAGE.read(folder, refuse=refuse))
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


def _fidelity(folder: Path, refuse: Refuse) -> TrackSection:
    return TrackSection(
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
        texts=2,
    )


def _new_target(folder: Path, refuse: Refuse) -> TrackSection:
    return _curves(
        "new-target",
        "Which sources first, for a new target?",
        "Nothing of one target is measured, and every other column is known. Regret of the best measured "
        "source after k runs, as a share of the target's range: mean over datasets ± half of the 95 % "
        "interval.",
        curve_rows(NEW_TARGET.read(folder, refuse=refuse), "regret"),
        points=[f"k = {runs}" for runs in RUNS],
    )


def _budget(folder: Path, refuse: Refuse) -> TrackSection:
    return _curves(
        "budget",
        "What is worth measuring?",
        "Campaigns from nothing, in batches up to half of the matrix. Regret of the source that looks best, "
        "measured or recovered, by the share measured: mean over datasets ± half of the 95 % interval.",
        curve_rows(BUDGET.read(folder, refuse=refuse), "regret", name=FROM_NOTHING),
        points=[f"{share:.0%}" for share in BUDGET_SHARES[FROM_NOTHING]],
    )


def _curves(key: str, title: str, words: str, rows: list[CurveRow], *, points: list[str]) -> TrackSection:
    return TrackSection(
        key,
        title,
        words,
        ["Strategy", "Datasets", *points, "Area", "Seconds"],
        [
            [
                row.title,
                str(row.datasets),
                *(f"{mean:.3f} ± {half:.3f}" for mean, half in zip(row.mean, row.half_width, strict=True)),
                f"{row.area:.3f}",
                f"{row.seconds:.2f}",
            ]
            for row in rows
        ],
        texts=1,
    )


def _sets(folder: Path, refuse: Refuse) -> TrackSection:
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
            for board in set_boards(SETS.read(folder, refuse=refuse))
            for result in board.results
            for name, *numbers, seconds in [cells_of(result)]
        ],
        texts=2,
    )


TABLES: dict[str, Callable[[Path, Refuse], TrackSection]] = {
    "coverage": _coverage,
    "fidelity": _fidelity,
    "new-target": _new_target,
    "budget": _budget,
    "sets": _sets,
}
