"""A result as a row of a board: what kind of model it is, and its numbers in words."""

from dataclasses import dataclass

from benchmark.results.schema import Mark, Metric, Result
from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.standings import Against, Standing
from leaderboard.claims.pairs import PROFILE, passes_messages

# Metrics beside the headline, as columns; a board shows those that its results have.
COLUMNS = {
    "auc": "AUC",
    "recall@3": "Recall @3",
    "regret@1": "Regret @1",
    "new_to_known.spearman": "New→known",
    "new_to_new.concordance": "New→new",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a board.

    Attributes:
        name: the model's.
        rank: from 1; None if it is incomplete.
        incomplete: what is missing.
        marks: of its result, such as ``batch-dependent``.
        traits: letters that filters look at: d directed, g graph, z task embeddings; capital = not.
        encoder: of the model; a dash for none.
        z: task embeddings; a dash for none.
        score: headline; None if incomplete.
        baseline: against the best non-graph baseline.
        leader: against the leader.
        numbers: one a column of the board, None for a dash.
        seconds: training and prediction.
    """

    name: str
    rank: int | None
    incomplete: str
    marks: list[Mark]
    traits: str
    encoder: str
    z: str
    score: Metric | None
    baseline: Against | None
    leader: Against | None
    numbers: list[float | None]
    seconds: float


def make_row(standing: Standing, columns: list[str]) -> Row:
    """A standing as a row.

    Args:
        standing: a model on a board.
        columns: metrics to show, of :data:`COLUMNS`.

    Returns:
        The row.
    """
    result = standing.result
    metrics = {} if standing.incomplete else result.metrics
    return Row(
        name=result.model.config.name,
        rank=standing.rank,
        incomplete=standing.incomplete,
        marks=result.marks,
        traits=traits_of(result),
        encoder=result.model.encoder or "–",
        z="–" if result.model.config.z == "none" else result.model.config.z,
        score=metrics.get(HEADLINE),
        baseline=standing.baseline,
        leader=standing.leader,
        numbers=[metrics[name].mean if name in metrics else None for name in columns],
        seconds=result.timing.seconds,
    )


def kind_of(result: Result) -> str:
    """``graph``, ``profile`` or ``no encoder``: whether a model passes messages, or has an encoder at all."""
    if passes_messages(result):
        return "graph"
    return PROFILE if result.model.encoder else "no encoder"


def traits_of(result: Result) -> str:
    """Letters that filters look at, capital where the answer is no: ``dGz`` is directed, no graph, with Z."""
    answers = {"d": result.model.directed, "g": passes_messages(result), "z": result.model.config.z != "none"}
    return "".join(letter if yes else letter.upper() for letter, yes in answers.items())
