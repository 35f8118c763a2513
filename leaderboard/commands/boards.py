"""``affinity-bench boards``: write rankings, boards and claims as Markdown."""

from pathlib import Path

from benchmark.denoising.comparison import read_comparisons
from benchmark.reporting.console import make_console, say
from benchmark.reporting.refused import say_refused
from benchmark.results.atomic_files import write_together
from benchmark.sets.result_files import SETS
from datamodules.errors import UserError
from leaderboard.boards.aggregate import find_results, make_boards
from leaderboard.boards.denoising import denoising_rows
from leaderboard.markdown.boards_file import boards_file
from leaderboard.markdown.readme_board import with_board
from recovery.tracks.result_files import BUDGET, COVERAGE, FIDELITY, NEW_TARGET


def boards(
    results: Path = Path("results"),
    coverage: Path | None = None,
    fidelity: Path | None = None,
    new_target: Path | None = None,
    budget: Path | None = None,
    sets: Path | None = None,
    out: Path = Path("BOARDS.md"),
    readme: Path | None = None,
) -> int:
    """Write rankings, boards and claims to one Markdown file, generated from the results alone.

    Args:
        results: output folder of `affinity-bench run`, and of `affinity-bench denoise` if that was run.
        coverage: output folder of `affinity-bench coverage`, whose boards are added.
        fidelity: output folder of `affinity-bench fidelity`, the same.
        new_target: output folder of `affinity-bench new-target`, the same.
        budget: output folder of `affinity-bench budget`, the same.
        sets: output folder of `affinity-bench sets`, the same.
        out: file to write.
        readme: Markdown file with two markers, between which the top of the overall ranking is inserted.

    Returns:
        Exit code 0.
    """
    made = make_boards(find_results(results, refuse=say_refused))
    text = boards_file(
        made,
        denoising=denoising_rows(read_comparisons(results, refuse=say_refused)),
        coverage=COVERAGE.read(coverage, refuse=say_refused) if coverage else (),
        fidelity=FIDELITY.read(fidelity, refuse=say_refused) if fidelity else (),
        new_target=NEW_TARGET.read(new_target, refuse=say_refused) if new_target else (),
        budget=BUDGET.read(budget, refuse=say_refused) if budget else (),
        sets=SETS.read(sets, refuse=say_refused) if sets else (),
    )
    texts = {out: text}
    if readme is not None:
        if not readme.is_file():
            raise UserError(f"{readme}: no such file. Check the path.")
        texts[readme] = with_board(readme.read_text(encoding="utf-8"), made)
    console = make_console()
    for path, text in texts.items():
        changed = not path.is_file() or path.read_text(encoding="utf-8") != text
        if changed:
            write_together({path: text.encode()})
        say(console, f"{path}: {'written' if changed else 'up to date'}")
    return 0
