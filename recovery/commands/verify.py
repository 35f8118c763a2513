"""``affinity-bench verify``: verify result files."""

from pathlib import Path

from jsonargparse.typing import NonNegativeInt, PositiveFloat
from rich.progress import Progress

from benchmark.cli_arguments import listed
from benchmark.isolation.submission import load_in_worker
from benchmark.reporting.console import make_console, say
from benchmark.results.files import result_paths
from benchmark.results.track_files import content_of
from benchmark.results.untrusted import in_one_line
from benchmark.sets.verify import is_set_result, mark_set_result, verify_set_result
from benchmark.verifying.marking import mark_as_verified
from benchmark.verifying.verify import verify_result
from datamodules.errors import UserError
from datamodules.registry import find_source
from datamodules.sets.own_sets import own_sets
from recovery.tracks.campaign.entry import find_entry
from recovery.tracks.verify import is_plan_result, mark_plan_result, verify_plan_result

SHOWN = 5


def verify(
    path: Path,
    /,
    *,
    model: str = "",
    strategy: str = "",
    dataset: str = "taskonomy",
    sets: Path | None = None,
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
    split: NonNegativeInt | None = None,
    isolate: bool = False,
    record: bool = False,
    limit: PositiveFloat = 3600.0,
) -> int:
    """Recompute the contents of result files, and rerun a split of every cell.

    Checks the schema, protocol version, matrix, splits, every metric (from the stored scores and the truth)
    and, by reruns without other splits, the scores of a split. Times, device, library versions and training
    curves cannot be checked.

    Models and strategies that are not shipped run only if passed with --model or --strategy, in processes
    that have neither the matrix nor the network, and once more on a sham matrix.

    Args:
        path: a result file, or an output folder of `affinity-bench run`, `sets`, `new-target` or `budget`.
        model: your own models among the results, as for run: file.py:Class, a class path or a YAML file.
        strategy: your own strategies among the results of planning tracks: file.py:Class or a class path.
        dataset: path of your own matrix, if results are on it; published datasets are always known.
        sets: file of your own sets, if results of `affinity-bench sets` are on them.
        lower_is_better: same value as for the run.
        tasks: same value as for the run.
        pairs: same value as for the run.
        columns: same value as for the run.
        transpose: same value as for the run.
        split: number of the split, or the start of a planning track, to rerun; chosen at random if omitted.
        isolate: treat shipped models and strategies as submissions too, such as one that a pull request adds.
        record: mark the results of submissions that hold as verified.
        limit: time limit in seconds of each run of a submission.

    Returns:
        Exit code: 0, or 1 if a file was refused.
    """
    files = result_paths(path) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise UserError(
            f"{path.resolve()}: no result files. Create some with `make bench DATASET=taskonomy`."
        )
    models = {config.name: config for word in listed(model) for config in load_in_worker(word)}
    own = [find_entry(word, limit_seconds=limit) for word in listed(strategy)]
    entries = {entry.name: entry for entry in own}
    source = find_source(
        dataset,
        lower_is_better=lower_is_better,
        tasks=tasks,
        pairs=pairs,
        columns=columns,
        transpose=transpose,
    )
    measured = None
    if sets is not None:
        measured = own_sets(sets, source.read(), lower_is_better=lower_is_better)
    console = make_console()
    refused = 0
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        for file in bar.track(files, description="verify"):
            mark, content = mark_as_verified, content_of(file)
            if is_set_result(content):
                mark = mark_set_result
                verdict = verify_set_result(
                    file, models=models, own=measured, split=split, isolate=isolate, limit_seconds=limit
                )
            elif is_plan_result(content):
                mark = mark_plan_result
                verdict = verify_plan_result(
                    file, entries=entries, own=source, start=split, isolate=isolate, limit_seconds=limit
                )
            else:
                verdict = verify_result(
                    file, models=models, own=source, split=split, isolate=isolate, limit_seconds=limit
                )
            if record and verdict.ran_isolated and not verdict.refusals:
                mark(file)
            refused += bool(verdict.refusals)
            name = in_one_line(file.relative_to(path) if path.is_dir() else file)
            lines = [f"{'refused' if verdict.refusals else 'ok'}  {name}", *verdict.refusals[:SHOWN]]
            more = len(verdict.refusals) - SHOWN
            lines += [f"and {more} more differences"] if more > 0 else []
            lines += verdict.notes
            say(console, "\n  ".join(lines))
    console.print(f"{len(files)} result files: {len(files) - refused} ok, {refused} refused")
    return int(refused > 0)
