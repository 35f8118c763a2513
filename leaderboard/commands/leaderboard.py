"""``affinity-bench leaderboard``: build the leaderboard page from result files."""

from pathlib import Path

from jsonargparse.typing import NonNegativeInt

from benchmark.reporting.console import make_console, say
from datamodules.registry import find_source
from leaderboard.page.build import build_page


def leaderboard(
    results: Path = Path("results"),
    out: Path = Path("page"),
    dataset: str = "taskonomy",
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
    pictures: NonNegativeInt = 12,
) -> int:
    """Build the leaderboard page: one self-contained HTML file that opens from disk.

    Args:
        results: output folder of `affinity-bench run`.
        out: folder for the page.
        dataset: path of your own matrix, if the folder has results on it, so that the page can show it;
            published datasets are always shown.
        lower_is_better: same value as for the run.
        tasks: same value as for the run.
        pairs: same value as for the run.
        columns: same value as for the run.
        transpose: same value as for the run.
        pictures: maximum number of boards with figures, headline matrices first.

    Returns:
        Exit code: 0, or 1 if there are no results; the page then explains how to create some.
    """
    source = find_source(
        dataset,
        lower_is_better=lower_is_better,
        tasks=tasks,
        pairs=pairs,
        columns=columns,
        transpose=transpose,
    )
    console = make_console()
    written = build_page(results, out, pictures=pictures, own=source, console=console)
    if written is None:
        say(
            console,
            f"no results under {results.resolve()}: create some with `make bench DATASET=taskonomy`, or pass "
            f"their folder with OUT= or --results. Instructions are in {(out / 'index.html').resolve()}",
        )
        return 1
    say(
        console,
        f"{written.results} results on {written.boards} boards, {written.pictured} of them with figures: "
        f"open {written.path.resolve()}",
    )
    return 0
