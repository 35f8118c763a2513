"""``affinity-bench coverage``: run the coverage track."""

from pathlib import Path

from jsonargparse.typing import PositiveInt

from benchmark.cli_arguments import listed
from benchmark.reporting.terminal_boards import make_console
from benchmark.results.atomic_files import check_writable
from datamodules.registry import DATASETS, find_source
from recovery.progress import TrackProgress
from recovery.tracks.coverage.board import terminal_board
from recovery.tracks.coverage.patterns import PATTERNS
from recovery.tracks.coverage.result import CoverageResult, finished
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
    tables = [find_source(name).read() for name in names]
    check_writable(out)
    console = make_console()
    results: list[CoverageResult] = []
    plan = []
    for table in tables:
        subjects = [make_subject(table, each, repeats=repeats) for each in models]
        there = [] if force else [found for each in subjects if (found := finished(out, each))]
        results += there
        missing = [each for each in subjects if each not in {found.subject for found in there}]
        plan.append((table, missing))
    episodes = sum(missing[0].repeats * len(PATTERNS) for _, missing in plan if missing)
    with TrackProgress(console=console, pieces="episodes", total=episodes) as progress:
        for table, missing in plan:
            if not missing:
                progress.finish(f"{table.name}: already there")
                continue
            made = run_table(table, missing, on_episode=progress.advance)
            for result in made:
                result.write(out)
            results += made
            progress.finish(f"{table.name}: {', '.join(each.model for each in missing)}")
    console.print(terminal_board(results))
    return 0
