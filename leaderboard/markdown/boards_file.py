"""``BOARDS.md``: all rankings, boards and claims of the committed results, generated from them alone."""

from collections.abc import Sequence

from benchmark.reporting.terminal_boards import headline_words, marked_name
from benchmark.results.schema import Place
from leaderboard.boards.aggregate import Board, absent_models
from leaderboard.boards.overall import Overall, dataset_order, make_overalls
from leaderboard.boards.standings import Standing, standings
from leaderboard.claims.report import NOTES, claims_table
from leaderboard.claims.verdicts import findings
from leaderboard.markdown.overall import agreement_table, overall_table
from leaderboard.markdown.tables import markdown_table
from leaderboard.page.rows import COLUMNS, make_row

HEAD = """\
# Boards and claims

Generated from the result files by `make boards`; do not edit. The protocol is explained in
[docs/protocol.md](../docs/protocol.md), the models in [docs/models.md](../docs/models.md). `make leaderboard`
builds a page of the same boards, with figures and filters.

Scores are per-target Spearman ± half the width of the 95 % interval, over targets and splits."""

OVERALL = """\
Mean rank over the headline matrix of every dataset with results, among the models with a complete result on
all of them; the others follow without a rank. The best score in each column is in bold."""

AGREEMENT = "Agreement of two datasets on the order of the ranked models (Spearman over models):"

BOARDS = """\
Comparisons with the best model without an encoder and with the leader are verdicts of the corrected resampled
t-test over the same splits, with Holm's correction over the board's models. Both references are selected by
the scores being compared, which favours them."""


def boards_file(boards: Sequence[Board]) -> str:
    """Write every ranking, board and claim as Markdown.

    Args:
        boards: any boards.

    Returns:
        The file's text, with a trailing newline. It has no times or dates, so that two runs with the same
        metrics give the same text.
    """
    boards = sorted(boards, key=lambda board: _order(board.place))
    parts = [HEAD, "## Over all datasets", OVERALL]
    for overall in make_overalls(boards):
        parts += [f"### {overall_title(overall)}", overall_table(overall)]
        if len(overall.boards) > 1:
            parts += [AGREEMENT, agreement_table(overall)]
    parts += ["## Each board", BOARDS]
    for board in boards:
        parts += [f"### {board.place.title}", *_board(board, absent=absent_models(board, boards))]
    answers = [(board, findings(board)) for board in boards]
    parts += ["## Claims", claims_table(answers), NOTES]
    return "\n\n".join(parts) + "\n"


def overall_title(overall: Overall) -> str:
    """Title of a ranking: its setting and missing ratio in words."""
    place = overall.boards[0].place
    hidden = f"{place.mask} of the transfers hidden" if place.mask else "a fifth of the tasks new"
    return f"{place.setting.capitalize()}, {hidden}"


def _board(board: Board, *, absent: Sequence[str]) -> list[str]:
    ranked = standings(board)
    columns = [name for name in COLUMNS if any(name in each.metrics for each in board.results)]
    headings = ["rank", "model", "encoder", "Z", "against the baseline", "against the leader", "Spearman"]
    table = markdown_table(
        [*headings, *(COLUMNS[name] for name in columns)],
        [_cells(each, columns) for each in ranked],
        numbers=1 + len(columns),
    )
    missing = f"Not on this board, because not run or not applicable: {', '.join(absent)}."
    return [table, missing] if absent else [table]


def _cells(standing: Standing, columns: list[str]) -> list[str]:
    row = make_row(standing, columns)
    return [
        row.incomplete or str(row.rank),
        marked_name(standing.result),
        row.encoder,
        row.z,
        row.baseline.words if row.baseline else "–",
        row.leader.words if row.leader else "–",
        headline_words(standing.result) if row.score else "–",
        *("–" if number is None else f"{number:.3f}" for number in row.numbers),
    ]


def _order(place: Place) -> tuple[int, str, str, str, bool, str]:
    return (*dataset_order(place), place.regime, place.label, place.setting == "inductive", place.mask or "")
