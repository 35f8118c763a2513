"""``affinity-bench denoise``: recovered and shrunken cells against cells measured once."""

from pathlib import Path

from rich.progress import Progress

from benchmark.denoising.comparison import Comparison, write_comparisons
from benchmark.denoising.experiment import MODELS, compare, read_tables
from benchmark.reporting.console import make_console, say
from benchmark.running.trainer import use_threads_for
from lit_models.registry import load_model


def denoise(*, out: Path = Path("results")) -> int:
    """Compare cells that are recovered, or measured and shrunk, with cells that are measured once.

    Models see one run of TaskWeb's transfers, a third of them hidden; the mean of the other seven runs is the
    truth. Nothing is trained.

    Args:
        out: results folder, to which denoising.csv is written.

    Returns:
        Exit code 0.
    """
    console = make_console()
    tables = read_tables()
    use_threads_for(max(len(table.task_names) for table in tables))
    comparisons: list[Comparison] = []
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        for table, model in bar.track(
            [(table, model) for table in tables for model in MODELS], description="denoise"
        ):
            comparisons += compare(load_model(model), table)
            hidden, _, measured = comparisons[-3:]
            words = (
                f"{table.regime} {model}: hidden {_words(hidden)}; "
                f"measured, {measured.estimate} {_words(measured)}"
            )
            say(console, words)
    say(console, f"{write_comparisons(comparisons, out)}: written")
    return 0


def _words(found: Comparison) -> str:
    return f"{found.score.mean:.3f}, one run {found.one_run.mean:.3f}: {found.verdict}"
