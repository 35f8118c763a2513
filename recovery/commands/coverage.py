"""``affinity-bench coverage``: run the coverage track."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from jsonargparse.typing import PositiveInt

from benchmark.cli_arguments import listed
from benchmark.reporting.console import make_console
from datamodules.affinity_table import AffinityTable
from recovery.commands.track_parts import TrackPart, run_parts
from recovery.commands.track_tables import track_tables
from recovery.tracks.coverage.board import terminal_board
from recovery.tracks.coverage.patterns import PATTERNS
from recovery.tracks.coverage.result import CoverageResult, CoverageSubject, finished
from recovery.tracks.coverage.run import MODELS, make_subject, run_table


def coverage(
    dataset: str,
    model: str = "",
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
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
        lower_is_better: the values of your own matrix are errors or losses.
        tasks: metadata of your own tasks: a file with the column name, optionally group, kind and
            description, and numeric columns.
        pairs: features of your own pairs of tasks: a file with the columns source and target and numeric
            columns.
        columns: columns of your own long table under other names, as in
            source=model,target=dataset,value=accuracy, and seed=run if pairs were measured repeatedly.
        transpose: the rows of your own wide table are targets, its columns sources.
        repeats: episodes per pattern; by the size of the table if omitted.
        out: folder for the result files.
        force: run again what is there.

    Returns:
        Exit code 0.
    """
    models = listed(model) or list(MODELS)
    tables = track_tables(
        dataset,
        lower_is_better=lower_is_better,
        tasks=tasks,
        pairs=pairs,
        columns=columns,
        transpose=transpose,
    )
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
