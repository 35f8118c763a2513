"""Notes on what a board does not show, and why."""

from collections.abc import Sequence

from leaderboard.boards.aggregate import Board
from leaderboard.boards.standings import Standing
from leaderboard.page.limits import CLAIMED, Limits


def notes(
    board: Board,
    ranked: Sequence[Standing],
    *,
    is_pictured: bool,
    has_matrices: bool,
    recovered: int,
    cards: int,
    limits: Limits,
    absent: Sequence[str],
) -> list[str]:
    """Describe what a board does not show.

    Args:
        board: the board.
        ranked: standings of the board.
        is_pictured: whether the board has figures within the page's limits.
        has_matrices: whether the truth and stored scores are available.
        recovered: number of models whose matrices fit the page.
        cards: number of models that have a card.
        limits: limits of the page.
        absent: models on other boards of the dataset but not on this one.

    Returns:
        Sentences; empty if everything is shown.
    """
    complete = sum(1 for each in ranked if each.rank)
    said = []
    if not complete:
        said.append("No model has a complete score here, so there is nothing to draw.")
    elif not is_pictured:
        said.append(
            f"No figures or claims for this board: the page shows them for {len(limits.pictured)} boards. "
            "Raise the limit with PICTURES=, or build a page of fewer results."
        )
    elif not has_matrices:
        said.append(
            f"No matrices: the matrix of {board.place.dataset} with this hash, or the scores beside the "
            "result files, were not found. To show your own matrix, pass its path: "
            "make leaderboard DATASET=path/to/matrix.csv."
        )
    elif complete > recovered:
        said.append(
            f"Matrices, trees and training curves are shown for the best {recovered} of {complete} complete "
            "models."
        )
    if complete and is_pictured and not limits.has_claims(board):
        said.append(
            f"No claims: the page examines them for at most {CLAIMED} models, and this board has "
            f"{len(ranked)}. Use affinity-bench compare."
        )
    if len(ranked) > cards:
        said.append(f"Cards are shown for the first {cards} of {len(ranked)} models.")
    if absent:
        said.append(f"Not on this board, because not run or not applicable: {', '.join(absent)}.")
    return said
