"""``affinity-bench run``: run models on a dataset."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from jsonargparse.typing import NonNegativeInt, PositiveFloat, PositiveInt

from benchmark.cli_arguments import listed
from benchmark.progress.run import RunProgress
from benchmark.reporting.console import make_console, say
from benchmark.reporting.terminal_boards import boards, outcome, so_far
from benchmark.results.atomic_files import StorageError
from benchmark.results.schema import Result
from benchmark.running.cell import RunSettings
from benchmark.running.distributed import is_rank_zero
from benchmark.running.earlier_results import check_same_questions
from benchmark.running.extent import find_extent
from benchmark.running.interrupt import Stoppable
from benchmark.running.large_cells import plan_large_cells
from benchmark.running.launchers import RunPlan, choose_launcher, count_workers
from benchmark.running.memory.budget import MemoryBudget
from benchmark.running.suite import load_suite
from benchmark.running.trainer import Hardware
from benchmark.sparse.run_large import run_large
from benchmark.tracking.wandb_mirror import Mirror
from datamodules.errors import UserError
from datamodules.registry import DATASETS, find_source
from datamodules.sparse.large_file import check_for_large, find_large_file

# Instead of a dataset's name.
ALL = "all"


def run(
    dataset: str,
    setting: str = "",
    model: str = "",
    mask: str = "",
    regime: str = "",
    label: str = "",
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
    suite: str = "default",
    splits: PositiveInt | None = None,
    members: PositiveInt = 8,
    epochs: PositiveInt | None = None,
    seed: NonNegativeInt = 0,
    accelerator: Literal["cpu", "gpu", "auto"] = "cpu",
    devices: PositiveInt = 1,
    num_nodes: PositiveInt = 1,
    launcher: Literal["local", "ray"] = "local",
    workers: PositiveInt | Literal["auto"] = "auto",
    memory: str = "",
    limit: PositiveFloat = 3600.0,
    out: Path = Path("results"),
    force: bool = False,
) -> int:
    """Run recovery models on a dataset, write one result file per cell, and print the board.

    Cells that have a result already are skipped; a result of another question (seed, splits, members, epochs,
    matrix, class) is replaced only with --force. Options that take names accept several, separated by commas,
    and replace the corresponding part of the suite.

    A long table (source, target, value) of more than 250,000 pairs is never held as a matrix: models that
    have a sparse form are run on it, one member each, and results are kept apart, in results-sparse for
    results.

    Args:
        dataset: name of a dataset, e.g. taskonomy; all for every dataset; or path of your own matrix, CSV,
            TSV, Parquet or Excel: sources in the first column and targets in the header, or the columns
            source, target and value.
        setting: transductive or inductive; both if omitted.
        model: names of models; append +z, +text or
            +pairs to give a model task embeddings or pair features. Your own models: file.py:Class, a
            class path, or a YAML file.
        mask: missing ratios in the transductive setting: 1/3, 1/2, 2/3.
        regime: regimes of the dataset.
        label: labels of the dataset.
        lower_is_better: the values of your own matrix are errors or losses.
        tasks: metadata of your own tasks: a file with the column name, optionally group, kind and
            description, and numeric columns.
        pairs: features of your own pairs of tasks: a file with the columns source and target and numeric
            columns; append +pairs to a model.
        columns: columns of your own long table under other names, as in
            source=model,target=dataset,value=accuracy, and seed=run if pairs were measured repeatedly.
        transpose: the rows of your own wide table are targets, its columns sources.
        suite: default (headline matrix, main models), regimes (every regime, a short list of models) or full
            (every matrix, label, mask and model). Tables of more than 60 tasks run shorter lists.
        splits: number of splits to run, from the first; all if omitted, and one of a table too large for a
            matrix.
        members: number of independently initialised copies of a model, whose predictions are averaged.
        epochs: maximum number of training steps; overrides each model's configuration.
        seed: seed of initial weights and noise.
        accelerator: Lightning accelerator.
        devices: processes per node; splits are distributed over them.
        num_nodes: number of nodes.
        launcher: local runs the cells on this machine; ray distributes them over the Ray cluster at
            RAY_ADDRESS or, if unset, over a temporary one on this machine's cores.
        workers: number of cells run in parallel, each in a process with one thread; auto means one per core
            as far as there is memory, or one in all with an accelerator, several devices or several nodes.
        memory: memory for all cells that run at a time, e.g. 4GiB; three quarters of what the machine, or the
            GPU, has if omitted. Splits and members that do not fit at once run in parts, with the same
            result. With Ray, of each machine.
        limit: time limit in seconds of a model of your own, which runs in a process that has neither the
            matrix nor the network; for one part of a cell, if it runs in several.
        out: folder for the result files.
        force: rerun cells that have a result already.

    Returns:
        Exit code: 0, or 1 if a cell failed.
    """
    budget = MemoryBudget.of(memory)
    hardware = Hardware(
        accelerator=accelerator, devices=devices, num_nodes=num_nodes, memory=budget, limit_seconds=limit
    )
    large = find_large_file(dataset, columns=columns)
    if large is not None:
        if launcher == "ray":
            raise UserError(
                f"{large}. Ray runs cells side by side, and here processes share one: leave --launcher out, "
                "and start them with --devices, or on several machines with torchrun"
            )
        check_for_large(
            large,
            setting=setting,
            mask=mask,
            regime=regime,
            label=label,
            tasks=tasks,
            pairs=pairs,
            transpose=transpose,
            workers=workers != "auto",
        )
        run_large(
            large,
            models=listed(model),
            splits=splits or 1,
            epochs=epochs,
            seed=seed,
            lower_is_better=lower_is_better,
            hardware=hardware,
            out=out.with_name(f"{out.name}-sparse"),
            force=force,
            console=make_console(quiet=not is_rank_zero()),
        )
        return 0
    names = list(DATASETS) if dataset == ALL else [dataset]
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
    extent = find_extent(
        sources,
        load_suite(suite),
        settings=listed(setting),
        masks=listed(mask),
        models=listed(model),
        regimes=listed(regime),
        labels=listed(label),
    )
    cells = extent.cells
    numbers = None if splits is None else tuple(range(splits))
    effort = RunSettings(seed=seed, members=members, epochs=epochs, numbers=numbers)
    console = make_console(quiet=not is_rank_zero())
    at_once = count_workers(launcher, workers=workers, hardware=hardware, cells=len(cells))
    budget = replace(budget, cells=None if launcher == "ray" else at_once)
    if not force:
        check_same_questions(cells, read=extent.read, effort=effort, out=out)
    plan = RunPlan(
        cells=cells,
        read=extent.read,
        effort=effort,
        hardware=replace(hardware, memory=budget),
        out=out,
        force=force,
        mirror=Mirror(out=out, console=console),
    )
    for remark in extent.remarks:
        say(console, remark)
    with console.status("dividing large matrices into splits, and measuring what their replicas need"):
        for cell, estimate in plan_large_cells(plan):
            words = f"{cell.place.short_title} {cell.model.name}: {estimate}"
            say(console, words)
    launch = choose_launcher(launcher, workers=at_once)
    results: list[Result] = []
    reused = 0

    def last_words() -> str:
        return so_far(results, cells=len(cells), out=out, force=force)

    with (
        Stoppable(last_words if is_rank_zero() else None),
        RunProgress(console=console, cells=len(cells), datasets=extent.cells_by_dataset) as progress,
    ):
        try:
            for result, was_there in launch(plan, progress=progress, last_words=last_words):
                results.append(result)
                progress.finish(result, reused=was_there)
                reused += was_there
        except StorageError as error:
            raise StorageError(f"{error} {last_words()}") from error
    order = {(cell.place, cell.model.name): position for position, cell in enumerate(cells)}
    results.sort(key=lambda result: order[result.place, result.model.config.name])
    for board in boards(results):
        console.print(board)
    say(console, outcome(results, reused=reused, out=out))
    return int(any(result.status == "failed" for result in results))
