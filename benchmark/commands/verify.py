"""``affinity-bench verify``: verify result files."""

from pathlib import Path

from jsonargparse.typing import NonNegativeInt
from rich.progress import Progress

from benchmark.reporting.terminal_boards import make_console
from benchmark.results.files import result_paths
from benchmark.results.untrusted import in_one_line
from benchmark.verifying.verify import verify_result
from datamodules.errors import UserError
from lit_models.registry import load_models

SHOWN = 5


def verify(path: Path, /, *, model: str = "", split: NonNegativeInt | None = None) -> int:
    """Recompute the contents of result files, and rerun one split of every cell.

    Checks the schema, protocol version, matrix, splits, every metric (from the stored scores and the truth)
    and, by a rerun, the scores of one split. Times, device, library versions and training curves cannot be
    checked.

    Models that are not shipped are run only if passed with --model: read their code first.

    Args:
        path: a result file, or an output folder of `affinity-bench run`.
        model: your own models among the results, as for run: file.py:Class, a class path or a YAML file.
        split: number of the split to rerun; chosen at random if omitted.

    Returns:
        Exit code: 0, or 1 if a file was refused.
    """
    files = result_paths(path) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise UserError(
            f"{path.resolve()}: no result files. Create some with `make bench DATASET=taskonomy`."
        )
    words = [word.strip() for word in model.split(",") if word.strip()]
    models = {config.name: config for word in words for config in load_models(word)}
    console = make_console()
    refused = 0
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        for file in bar.track(files, description="verify"):
            verdict = verify_result(file, models=models, split=split)
            refused += bool(verdict.refusals)
            name = in_one_line(file.relative_to(path) if path.is_dir() else file)
            lines = [f"{'refused' if verdict.refusals else 'ok'}  {name}", *verdict.refusals[:SHOWN]]
            more = len(verdict.refusals) - SHOWN
            lines += [f"and {more} more differences"] if more > 0 else []
            lines += verdict.notes
            console.print("\n  ".join(lines), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(files)} result files: {len(files) - refused} ok, {refused} refused")
    return int(refused > 0)
