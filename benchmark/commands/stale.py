"""``affinity-bench stale``: list results that a change has made stale."""

from itertools import groupby
from pathlib import Path

from rich.progress import Progress

from benchmark.denoising.comparison import FILE
from benchmark.isolation.submission import load_in_worker
from benchmark.reporting.terminal_boards import make_console
from benchmark.results.files import result_paths
from benchmark.verifying.stale import commands, denoising_is_stale, standing_of
from datamodules.errors import UserError


def stale(results: Path = Path("results"), /, *, model: str = "") -> int:
    """List results that a change has made stale, and the commands that renew them.

    What counts is code, configurations and data: a result is stale if `affinity-bench run` would make it
    again. Nothing is trained.

    Args:
        results: output folder of `affinity-bench run`.
        model: your own models among the results, as for run: file.py:Class, a class path or a YAML file.

    Returns:
        Exit code: 0, or 1 if a result is stale.
    """
    files = result_paths(results)
    if not files:
        raise UserError(f"{results.resolve()}: no result files. Check the path.")
    words = [word.strip() for word in model.split(",") if word.strip()]
    models = {config.name: config for word in words for config in load_in_worker(word)}
    console = make_console()

    def say(words: str) -> None:
        console.print(words, markup=False, highlight=False, soft_wrap=True)

    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        found = [standing_of(file, models=models) for file in bar.track(files, description="stale")]
    old = [each for each in found if each.reasons]
    unknown = [each for each in found if each.unknown]
    for folder, own in groupby(old, key=lambda each: each.path.parent):
        say(f"{folder.relative_to(results)}")
        by_reason: dict[str, list[str]] = {}
        for each in own:
            by_reason.setdefault("; ".join(each.reasons), []).append(each.path.stem)
        for reason, names in by_reason.items():
            say(f"  {', '.join(names)}: {reason}")
    for each in unknown:
        say(f"not judged: {each.path.relative_to(results)}: {each.unknown}")
    denoising = denoising_is_stale(results)
    if denoising:
        say(f"{FILE}: made by other code or from other matrices")
    if old or denoising:
        say("Renew them with")
        for command in commands(old, out=results):
            say(f"  {command}")
        if denoising:
            say(f"  affinity-bench denoise --out {results}")
    judged = len(found) - len(unknown)
    say(
        f"{len(found)} result files: {len(old)} stale, {judged - len(old)} up to date"
        + (f", {len(unknown)} not judged" if unknown else "")
    )
    return int(bool(old) or denoising)
