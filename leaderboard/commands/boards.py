"""``affinity-bench boards``: rankings, boards and claims as Markdown, from result files."""

from pathlib import Path

from benchmark.reporting.terminal_boards import make_console
from benchmark.results.atomic_files import write_together
from datamodules.errors import UserError
from leaderboard.boards.aggregate import find_results, make_boards
from leaderboard.markdown.boards_file import boards_file
from leaderboard.markdown.readme_board import with_board


def boards(
    results: Path = Path("results"),
    out: Path = Path("BOARDS.md"),
    readme: Path | None = None,
) -> int:
    """Write rankings, boards and claims as one Markdown file that says nothing but what results say.

    Args:
        results: folder that `affinity-bench run` wrote to.
        out: file to write.
        readme: a Markdown file with two marks, between which the top of the overall ranking is put.

    Returns:
        Exit code 0.
    """
    made = make_boards(find_results(results))
    texts = {out: boards_file(made)}
    if readme is not None:
        if not readme.is_file():
            raise UserError(f"{readme}: there is no such file. Check the path.")
        texts[readme] = with_board(readme.read_text(encoding="utf-8"), made)
    console = make_console()
    for path, text in texts.items():
        changed = not path.is_file() or path.read_text(encoding="utf-8") != text
        if changed:
            write_together({path: text.encode()})
        console.print(
            f"{path}: {'written' if changed else 'up to date'}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return 0
