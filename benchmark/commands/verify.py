"""``affinity-bench verify``: whether result files hold."""

from pathlib import Path

from jsonargparse.typing import NonNegativeInt
from rich.progress import Progress

from benchmark.reporting.terminal_boards import make_console
from benchmark.results.files import result_paths
from benchmark.verifying.verify import verify as verify_file
from datamodules.errors import UserError
from lit_models.registry import load_models

SHOWN = 5


def verify(path: Path, /, *, model: str = "", split: NonNegativeInt | None = None) -> int:
    """Recompute what result files say, and run one split of every cell again.

    Checked are schema, protocol version, matrix, splits, every metric (from the stored scores and the truth)
    and, by a re-run, the scores of one split. The times, device and library versions that a file names and
    its training curves cannot be checked.

    A model that is not shipped is run only if it is named here: read its code first.

    Args:
        path: a result file, or a folder of them, as ``affinity-bench run --out`` was given.
        model: models of one's own among them, as for run: file.py:Class, a class path or a YAML file.
        split: which split to run again; one at random if omitted.

    Returns:
        Exit code: 0, or 1 if a file was refused.
    """
    files = result_paths(path) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise UserError(
            f"{path.resolve()}: no result files there. Make some with `make bench DATASET=taskonomy`."
        )
    words = [word.strip() for word in model.split(",") if word.strip()]
    models = {config.name: config for word in words for config in load_models(word)}
    console = make_console()
    refused = 0
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        for file in bar.track(files, description="verify"):
            verdict = verify_file(file, models=models, split=split)
            refused += bool(verdict.refusals)
            name = file.relative_to(path) if path.is_dir() else file
            lines = [f"{'refused' if verdict.refusals else 'ok'}  {name}", *verdict.refusals[:SHOWN]]
            more = len(verdict.refusals) - SHOWN
            lines += [f"and {more} more differences"] if more > 0 else []
            lines += verdict.notes
            console.print("\n  ".join(lines), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(files)} result files: {len(files) - refused} hold, {refused} refused")
    return int(refused > 0)
