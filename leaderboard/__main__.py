"""``python -m leaderboard``: the boards of a results folder, with paired tests, as Markdown."""

import sys
from pathlib import Path

from jsonargparse import auto_cli
from rich import box
from rich.table import Table

from benchmark.intervals import PairedTest
from benchmark.report import headline, make_console, marked_name, title
from benchmark.results import Result
from benchmark.scoring import HEADLINE
from datamodules.errors import UserError
from leaderboard.aggregate import Board, find_results, make_boards, paired_tests


def show(results: Path = Path("results"), against: str = "z-svd3,gae-dir") -> None:
    """Print every board of a results folder, with each model's difference to some references.

    Args:
        results: folder that `affinity-bench run` wrote to.
        against: reference models, separated by commas; each gets a column with a 95 % interval of the
            corrected resampled t-test, and a star where Holm's p is below .05.
    """
    console = make_console()
    for board in make_boards(find_results(results)):
        console.print(f"\n{title(board.place)}\n", highlight=False, soft_wrap=True)
        console.print(_table(board, [name.strip() for name in against.split(",")]))


def _table(board: Board, references: list[str]) -> Table:
    tests = {reference: paired_tests(board, reference) for reference in references}
    tests = {reference: own for reference, own in tests.items() if own}
    table = Table(box=box.MARKDOWN)
    for heading in ("rank", "model", "Spearman (95 %)", *(f"minus {name}" for name in tests)):
        table.add_column(heading, no_wrap=True)
    scored = [result for result in board.results if headline(result) is not None]
    for rank, result in enumerate(scored, start=1):
        differences = [_difference(result, own) for own in tests.values()]
        table.add_row(str(rank), marked_name(result), _score(result), *differences)
    return table


def _score(result: Result) -> str:
    metric = result.metrics[HEADLINE]
    return f"{metric.mean:.3f} ({metric.low:.3f} to {metric.high:.3f})"


def _difference(result: Result, tests: dict[str, PairedTest]) -> str:
    test = tests.get(result.model.config.name)
    if test is None:
        return "–"
    star = " *" if test.p_value < 0.05 else ""
    return f"{test.difference:+.3f} ({test.low:+.3f} to {test.high:+.3f}){star}"


if __name__ == "__main__":
    try:
        auto_cli(show, as_positional=False, prog="python -m leaderboard")
    except UserError as error:
        print(f"leaderboard: {error}", file=sys.stderr)
        sys.exit(2)
