"""Sections of the page about the sets track: boards, what is chosen, and how many sources are enough."""

from collections.abc import Sequence
from pathlib import Path

from benchmark.results.track_files import Refuse
from benchmark.sets.board import (
    CHOICE_HEADINGS,
    cells_of,
    choice_cells,
    choice_rows,
    headline_leaders,
    set_boards,
)
from benchmark.sets.enough import Enough, enough_sources
from benchmark.sets.metric_names import METRICS
from benchmark.sets.result import SetResult
from benchmark.sets.result_files import SETS
from datamodules.sets.published_sets import published_sets
from leaderboard.page.figures.figure import Axes, Figure
from leaderboard.page.track_section import TrackSection

CHAINS = "taskonomy"  # the table with nested chains of large sets


def set_sections(folder: Path, refuse: Refuse) -> list[TrackSection]:
    """The sets track.

    Args:
        folder: with its results.
        refuse: is told of every file that is left out, in one line.
    """
    results = SETS.read(folder, refuse=refuse)
    sections = [_boards(results), *map(_choices, headline_leaders(results))]
    if any(result.cell.dataset == CHAINS for result in results):
        sections.append(_enough(enough_sources(published_sets(CHAINS, chains=True))))
    return sections


def _boards(results: Sequence[SetResult]) -> TrackSection:
    chosen = ["Chosen is best", "Rank of chosen", "Rank of best"]
    return TrackSection(
        "sets",
        "Which set of sources is best?",
        "Models rank the hidden sets of each target from single transfers and other sets; Spearman ± half of "
        "the 95 % interval. Beside them what a model chooses on the first split: how often the chosen set is "
        "the best hidden one, its median rank, and the median rank that the model gives to the best one.",
        ["Board", "Model", *METRICS.values(), *chosen, "CPU seconds"],
        [
            [board.title, name, *numbers, *choice_cells(result), seconds]
            for board in set_boards(results)
            for result in board.results
            for name, *numbers, seconds in [cells_of(result)]
        ],
        ["Board", "Model"],
    )


def _choices(result: SetResult) -> TrackSection:
    dataset, model = result.cell.dataset, result.cell.model.name
    seconds = result.fit_cpu_seconds + result.predict_cpu_seconds
    return TrackSection(
        f"sets-chosen-{dataset}",
        f"Which set for which target? {model} on {dataset}",
        "The set that the best model of the board ranks first among a target's hidden sets, on the first "
        "split, and the rank of it by measured value; beside it the set that is best by measured value, and "
        f"the rank that the model gives to that. All splits took {seconds:.1f} s of one core.",
        [heading.capitalize() for heading in CHOICE_HEADINGS],
        choice_rows(result),
        ["Target", "Chosen", "Best"],
    )


def _enough(curve: Sequence[Enough]) -> TrackSection:
    figure = Figure(
        key="sets-enough-curve",
        kind="curves",
        title="Gain against the number of sources",
        caption="What the best measured set of each size gives over the best single source, in log AHP "
        "affinity: mean over the targets that have a set of that size, 15 at most.",
        axes=Axes("sources in the set", "gain over the best single source", percent=False),
        data=[
            {"line": "best set of that size", "x": each.sources, "y": each.gain, "low": None, "high": None}
            for each in curve
        ],
    )
    return TrackSection(
        "sets-enough",
        "How many sources are enough?",
        "Taskonomy has sets of 2 to 4 sources for each target, and one chain of nested sets of 5 to 24 for "
        "some. The best set of each size over the best single source (log AHP affinity), and as a share of "
        "what the best set of any size gives; fewer targets have large sets.",
        ["Sources", "Targets", "Over the best single source", "Share"],
        [[str(each.sources), str(each.targets), f"{each.gain:+.3f}", f"{each.share:.0%}"] for each in curve],
        [],
        [figure],
    )
