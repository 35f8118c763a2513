"""``affinity-bench coverage``: run the coverage track."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from jsonargparse.typing import PositiveInt

from benchmark.cli_arguments import listed
from benchmark.reporting.console import make_console
from datamodules.affinity_table import AffinityTable
from datamodules.registry import DATASETS, find_source
from datamodules.sparse.large_file import refuse_large_file
from recovery.commands.track_parts import TrackPart, run_parts
from recovery.tracks.coverage.board import terminal_board
from recovery.tracks.coverage.patterns import PATTERNS
from recovery.tracks.coverage.result import CoverageResult, CoverageSubject, finished
from recovery.tracks.coverage.run import MODELS, make_subject, run_table

ALL = "all"


def coverage(
    dataset: str,
    model: str = "",
    repeats: PositiveInt | None = None,
    out: Path = Path("results-coverage"),
    force: bool = False,
) -> int:
    """Run the coverage track: do intervals cover what they promise, however the measured cells were picked?

    Every model is cross-validated on every episode of six patterns; intervals of .8, .9 and .95 are checked
    on the cells that were hidden. What is there already is not run again.

    Args:
        dataset: name of a dataset, path of a whole matrix of your own, several separated by commas, or all
            for every dataset.
        model: names of models; auto chooses as affinity-bench recover does, among those that are not trained.
            Your own models: file.py:Class, a class path, or a YAML file. A model may say how sure it is by a
            method predictive.
        repeats: episodes per pattern; by the size of the table if omitted.
        out: folder for the result files.
        force: run again what is there.

    Returns:
        Exit code 0.
    """
    names = list(DATASETS) if dataset == ALL else listed(dataset)
    models = listed(model) or list(MODELS)
    for name in names:
        refuse_large_file(name, fix="the track hides cells of whole matrices: write its wide form")
    tables = [find_source(name).read() for name in names]
    parts = []
    for table in tables:
        subjects = [make_subject(table, each, repeats=repeats) for each in models]
        run = partial(_run, table)
        parts.append(TrackPart(table.name, subjects, run, pieces=subjects[0].repeats * len(PATTERNS)))
    results = run_parts(parts, finished=finished, out=out, force=force, pieces="episodes")
    make_console().print(terminal_board(results))
    return 0


def _run(
    table: AffinityTable, subjects: Sequence[CoverageSubject], advance: Callable[[], None]
) -> list[CoverageResult]:
    return run_table(table, subjects, on_episode=advance)
