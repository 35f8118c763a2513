"""``affinity-bench leaderboard``: the page, from result files."""

from pathlib import Path

from jsonargparse.typing import NonNegativeInt

from benchmark.reporting.terminal_boards import make_console
from datamodules.registry import find_source
from leaderboard.page.build import build_page


def leaderboard(
    results: Path = Path("results"),
    out: Path = Path("page"),
    dataset: str = "taskonomy",
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pictures: NonNegativeInt = 12,
) -> int:
    """Make the leaderboard page: one HTML file that opens from disk and asks for nothing else.

    Args:
        results: folder that `affinity-bench run` wrote to.
        out: folder for the page.
        dataset: path of a matrix of your own whose results are in the folder, so that the page can show it;
            published ones are at hand.
        lower_is_better: as it was for the run.
        tasks: as it was for the run.
        pictures: boards with pictures at most, headline matrices first.

    Returns:
        Exit code: 0, or 1 if there are no results, and the page says how to make some.
    """
    source = find_source(dataset, lower_is_better=lower_is_better, tasks=tasks)
    console = make_console()
    written = build_page(results, out, pictures=pictures, own=source, console=console)
    if written is None:
        console.print(
            f"no results under {results.resolve()}: make some with `make bench DATASET=taskonomy`, or name "
            f"their folder with OUT= or --results. {(out / 'index.html').resolve()} says so too.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return 1
    console.print(
        f"{written.results} results on {written.boards} boards, {written.pictured} of them with pictures: "
        f"open {written.path.resolve()}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return 0
