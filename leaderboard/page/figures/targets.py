"""Figure: scores per target."""

from collections.abc import Sequence

from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.limit_words import dashed_words
from leaderboard.boards.reliability import Reliability
from leaderboard.boards.standings import Standing
from leaderboard.page.figures.figure import Figure

MODELS = 5


def targets_figure(key: str, ranked: Sequence[Standing], known: Reliability | None) -> Figure:
    """Scores of the best models and the best baseline, one row per target.

    Args:
        key: key of the figure.
        ranked: standings of the board.
        known: reliability of its matrix.

    Returns:
        The figure.
    """
    complete = [standing for standing in ranked if standing.rank]
    baseline = [each for each in complete if each.baseline and each.baseline.words == "reference"]
    scores = {
        each.result.model.config.name: each.result.metrics[HEADLINE].per_target
        for each in (*complete[:MODELS], *baseline)
    }
    targets = dict.fromkeys(
        target for own in scores.values() for target, score in own.items() if score is not None
    )
    return Figure(
        key=key,
        kind="targets",
        title="Score per target",
        caption=f"Per-target Spearman of {len(scores)} models, mean over splits, by the best model's score."
        f"{dashed_words(known)}",
        attainable=known.score if known else None,
        data=[
            {"target": target} | {name: own.get(target) for name, own in scores.items()} for target in targets
        ],
    )
