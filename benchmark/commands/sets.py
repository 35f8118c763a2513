"""``affinity-bench sets``: run the sets track."""

from pathlib import Path

from jsonargparse.typing import PositiveFloat

from benchmark.cli_arguments import listed
from benchmark.isolation.worker import WorkerError
from benchmark.progress.sets import SetsProgress
from benchmark.reporting.console import make_console
from benchmark.results.atomic_files import check_writable
from benchmark.results.schema import last_line
from benchmark.running.trainer import Hardware
from benchmark.sets.board import set_boards, terminal_board
from benchmark.sets.result import SetResult, finished
from benchmark.sets.run_cell import make_cell, make_task, run_cell
from benchmark.sets.submission import load_set_model_in_worker
from datamodules.errors import UserError
from datamodules.registry import DATASETS, Source, find_source
from datamodules.sets.own_sets import own_sets
from datamodules.sets.protocol import PAIRS, settings_of
from datamodules.sets.published_sets import PUBLISHED, published_sets
from datamodules.sets.task_sets import TaskSets
from lit_models.sets.registry import set_model_names

ALL = "all"


def sets(
    dataset: str,
    sets: Path | None = None,
    model: str = "",
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
    out: Path = Path("results-sets"),
    force: bool = False,
    limit: PositiveFloat = 3600.0,
) -> int:
    """Run the sets track: given single transfers and some measured sets, which set of sources is best?

    Every model ranks the hidden sets of each target in every setting: hidden at random, whole training runs
    hidden, larger than any that is known, and no set known at all; each with all single transfers and with
    two thirds of them. What is there already is not run again. A model that is not shipped runs in a process
    that has the episodes only, and can reach neither the table nor anything else.

    Args:
        dataset: a dataset with sets (taskonomy, mimic-cotraining), several separated by commas, or all; or
            the path of a matrix of your own, with --sets.
        sets: your own sets, a file with the columns target, sources (joined by ;) and value.
        model: names of set models, separated by commas; all if omitted. Your own: file.py:Class, a class
            path, or a YAML file; +z after a name adds task embeddings.
        lower_is_better: values of your own matrix and sets are errors or losses.
        tasks: metadata of your own tasks: a file with the column name, optionally group, kind and
            description, and numeric columns.
        pairs: features of your own pairs of tasks: a file with the columns source and target and numeric
            columns.
        columns: columns of your own long table under other names, as in
            source=model,target=dataset,value=accuracy, and seed=run if pairs were measured repeatedly.
        transpose: the rows of your own wide table are targets, its columns sources.
        out: folder for the result files.
        force: run again what is there.
        limit: time limit in seconds of a model of your own, for one result.

    Returns:
        Exit code: 0, or 1 if a model of your own failed.
    """
    names = list(PUBLISHED) if dataset == ALL else listed(dataset)
    sources = [
        find_source(
            name,
            lower_is_better=lower_is_better,
            tasks=tasks,
            pairs=pairs,
            columns=columns,
            transpose=transpose,
        )
        for name in names
    ]
    measured = [_read(source, sets, lower_is_better=lower_is_better) for source in sources]
    configs = [load_set_model_in_worker(word) for word in listed(model) or set_model_names()]
    check_writable(out)
    console = make_console()
    asked = [
        make_task(each, setting, known)
        for each in measured
        for setting in settings_of(each)
        for known in PAIRS
    ]
    hardware = Hardware(limit_seconds=limit)
    results: list[SetResult] = []
    with SetsProgress(console=console, results=len(asked) * len(configs)) as progress:
        for task in asked:
            for config in configs:
                words = f"{task.title}: {config.name}"
                try:
                    there = None if force else finished(out, make_cell(task, config))
                    result = there or run_cell(task, config, hardware=hardware)
                except WorkerError as error:
                    progress.finish(f"{words}: failed: {last_line(str(error))}", was_there=False)
                    continue
                if there is None:
                    result.write(out)
                results.append(result)
                progress.finish(words, was_there=there is not None)
    for board in set_boards(results):
        console.print(terminal_board(board))
    return int(len(results) < len(asked) * len(configs))


def _read(source: Source, file: Path | None, *, lower_is_better: bool) -> TaskSets:
    if file is not None:
        return own_sets(file, source.read(), lower_is_better=lower_is_better)
    if source.name not in DATASETS:
        raise UserError(f"{source.name}: a matrix of your own needs its sets too: give their file by --sets")
    return published_sets(source.name)
