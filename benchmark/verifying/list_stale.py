"""Listing results that a change has made stale, and confirming those that still hold."""

from collections.abc import Mapping, Sequence
from concurrent.futures import as_completed
from itertools import groupby
from pathlib import Path
from shlex import quote
from typing import Literal

from rich.console import Console
from rich.progress import Progress

from benchmark.cli_arguments import listed
from benchmark.denoising.comparison import FILE
from benchmark.isolation.submission import load_in_worker
from benchmark.progress.recheck import RecheckProgress
from benchmark.reporting.console import make_console, say
from benchmark.results.files import result_paths
from benchmark.running.launchers import count_workers
from benchmark.running.trainer import Hardware
from benchmark.verifying.recheck import recheck as recheck_result
from benchmark.verifying.stale import Standing, commands, denoising_is_stale, standing_of
from datamodules.errors import UserError
from datamodules.worker_pool import worker_pool
from lit_models.loading.config import ModelConfig


def list_stale(
    results: Path, *, model: str = "", recheck: bool = False, workers: int | Literal["auto"] = "auto"
) -> int:
    """Print which results of ``affinity-bench run`` are stale, and the commands that renew them.

    Args:
        results: its output folder.
        model: as for :func:`recovery.commands.stale.stale`, as the arguments below.
        recheck: as there.
        workers: as there.

    Returns:
        Exit code: 0, or 1 if a result is stale.

    Raises:
        UserError: if there are no result files, or models of one's own are to be rechecked.
    """
    files = result_paths(results)
    if not files:
        raise UserError(f"{results.resolve()}: no result files. Check the path.")
    words = listed(model)
    if recheck and words:
        raise UserError(
            "--recheck is for results of shipped models; of your own, run the cells again: omit --model"
        )
    models = {config.name: config for word in words for config in load_in_worker(word)}
    console = make_console()

    if recheck:
        found = _rechecked(files, console=console, folder=results, workers=workers)
    else:
        found = _judged(files, console=console, models=models)
    old = [each for each in found if each.reasons]
    unknown = [each for each in found if each.unknown]
    for folder, own in groupby(old, key=lambda each: each.path.parent):
        say(console, f"{folder.relative_to(results)}")
        by_reason: dict[str, list[str]] = {}
        for each in own:
            by_reason.setdefault("; ".join(each.reasons), []).append(each.path.stem)
        for reason, names in by_reason.items():
            say(console, f"  {', '.join(names)}: {reason}")
    for each in unknown:
        say(console, f"not judged: {each.path.relative_to(results)}: {each.unknown}")
    denoising = denoising_is_stale(results)
    if denoising:
        say(console, f"{FILE}: made by other code or from other matrices")
    if old or denoising:
        say(console, "Renew them with")
        for command in commands(old, out=results):
            say(console, f"  {command}")
        if denoising:
            say(console, f"  affinity-bench denoise --out {quote(str(results))}")
    judged = len(found) - len(unknown)
    confirmed = sum(each.confirmed for each in found)
    say(
        console,
        f"{len(found)} result files: {len(old)} stale, {judged - len(old)} up to date"
        + (f" ({confirmed} of them confirmed by running a split again)" if confirmed else "")
        + (f", {len(unknown)} not judged" if unknown else ""),
    )
    return int(bool(old) or denoising)


def _judged(
    files: Sequence[Path], *, console: Console, models: Mapping[str, ModelConfig]
) -> Sequence[Standing]:
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        return [standing_of(file, models=models) for file in bar.track(files, description="stale")]


def _rechecked(
    files: Sequence[Path], *, console: Console, folder: Path, workers: int | Literal["auto"]
) -> Sequence[Standing]:
    count = count_workers("local", workers=workers, hardware=Hardware(), cells=len(files))
    with worker_pool(count) as pool, RecheckProgress(console=console, folder=folder, files=len(files)) as bar:
        waiting = [pool.submit(recheck_result, file) for file in files]
        for judged in as_completed(waiting):
            bar.finish(judged.result())
    return [each.result() for each in waiting]
