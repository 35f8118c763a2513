"""How much of a board a source mean alone explains: where nearly all, the board hardly tells models apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmark.reporting.terminal_boards import headline
from benchmark.results.schema import Result
from leaderboard.boards.aggregate import Board
from leaderboard.boards.standings import by_completeness

SOURCE_MEAN = "lit_models.means.SourceMean"
# Beyond this share of the best model's score, a source mean is said to explain nearly everything.
NEARLY_ALL = 0.9


@dataclass(frozen=True, kw_only=True)
class Headroom:
    """A board's best score beside that of a source mean, which gives every target the same ranking.

    Attributes:
        source_mean: its per-target Spearman.
        best: the best model's.
        best_model: that model's name.
    """

    source_mean: float
    best: float
    best_model: str

    @property
    def share(self) -> float | None:
        """What a source mean reaches of the best score; None if the best is not above 0."""
        return self.source_mean / self.best if self.best > 0 else None

    @property
    def is_small(self) -> bool:
        """Whether a source mean explains nearly everything."""
        return self.share is not None and self.share >= NEARLY_ALL


def headroom(board: Board) -> Headroom | None:
    """Compare a board's source mean with its best model.

    Args:
        board: results with one set of splits.

    Returns:
        Both scores; None without a complete source mean.
    """
    complete = by_completeness(board)[0]
    means = [result for result in complete if result.model.config.class_path == SOURCE_MEAN]
    if not means:
        return None
    best = complete[0]
    return Headroom(source_mean=_score(means[0]), best=_score(best), best_model=best.model.config.name)


def is_small_anywhere(boards: Sequence[Board]) -> bool:
    """Whether a source mean explains nearly everything on one of a dataset's boards."""
    return any(found.is_small for found in map(headroom, boards) if found)


def _score(result: Result) -> float:
    score = headline(result)
    assert score is not None, "a complete result has a score"
    return score
