"""What a board leaves out, and why: nothing is dropped without a word."""

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
    limits: Limits,
    absent: Sequence[str],
) -> list[str]:
    """Say what is not shown.

    Args:
        board: its results.
        ranked: its standings.
        is_pictured: whether the limits leave it pictures.
        has_matrices: whether the truth and stored scores were at hand.
        recovered: models whose matrices the page has room for.
        limits: of the page.
        absent: models without a result here that are on other boards of the dataset.

    Returns:
        Sentences; none if everything is there.
    """
    complete = sum(1 for each in ranked if each.rank)
    said = []
    if not complete:
        said.append("No model has a complete score here, so there is nothing to draw.")
    elif not is_pictured:
        said.append(
            f"No pictures and claims of this board: the page draws {len(limits.pictured)} boards. "
            "Ask for more with PICTURES=, or make a page of fewer results."
        )
    elif not has_matrices:
        said.append(
            f"No matrices: the matrix of {board.place.dataset} with this hash, or the scores beside the "
            "result files, are not at hand. A matrix of your own is named like this: "
            "make leaderboard DATASET=path/to/matrix.csv."
        )
    elif complete > recovered:
        said.append(
            f"Matrices, trees and training curves are those of the best {recovered} models; "
            f"{complete} are complete."
        )
    if complete and is_pictured and not limits.has_claims(board):
        said.append(
            f"No claims: they are looked for among {CLAIMED} models at most, and there are {len(ranked)}. "
            "affinity-bench compare finds them."
        )
    if len(ranked) > limits.cards:
        said.append(f"Cards are those of the first {limits.cards} models; there are {len(ranked)}.")
    if absent:
        said.append(f"Not on this board, because not run or not able to rank here: {', '.join(absent)}.")
    return said
