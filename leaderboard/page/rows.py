"""Rows of a board: a model's traits and numbers."""

from dataclasses import dataclass

from benchmark.results.marks import marks_of
from benchmark.results.schema import Metric, Result
from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.standings import Against, Standing
from leaderboard.claims.pairs import PROFILE, passes_messages

# Column headings of the metrics besides the headline; a board shows those that its results have.
COLUMNS = {
    "auc": "AUC",
    "recall@3": "Recall @3",
    "regret@1": "Regret @1",
    "new_to_known.spearman": "New→known",
    "new_to_new.concordance": "New→new",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a board.

    Attributes:
        name: name of the model.
        rank: from 1; None if incomplete.
        incomplete: what is missing; empty if complete.
        marks: see :func:`benchmark.results.marks.marks_of`.
        traits: letters for the filters: d directed, g graph, z task embeddings; a capital letter negates.
        encoder: encoder of the model; a dash for none.
        z: task embeddings; a dash for none.
        score: headline metric; None if incomplete.
        baseline: comparison with the best non-graph baseline.
        leader: comparison with the leader.
        numbers: one per metric column of the board; None is shown as a dash.
        seconds: training and prediction time in seconds.
    """

    name: str
    rank: int | None
    incomplete: str
    marks: list[str]
    traits: str
    encoder: str
    z: str
    score: Metric | None
    baseline: Against | None
    leader: Against | None
    numbers: list[float | None]
    seconds: float


def make_row(standing: Standing, columns: list[str]) -> Row:
    """Make the row of a standing.

    Args:
        standing: standing of the model.
        columns: metrics to show, keys of :data:`COLUMNS`.

    Returns:
        The row.
    """
    result = standing.result
    metrics = {} if standing.incomplete else result.metrics
    return Row(
        name=result.model.config.name,
        rank=standing.rank,
        incomplete=standing.incomplete,
        marks=marks_of(result),
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
    """Kind of the model: ``graph`` (passes messages), ``profile`` or ``no encoder``."""
    if passes_messages(result):
        return "graph"
    return PROFILE if result.model.encoder else "no encoder"


def traits_of(result: Result) -> str:
    """Letters for the filters, a capital letter negates: ``dGz`` is directed, not a graph model, with Z."""
    answers = {"d": result.model.directed, "g": passes_messages(result), "z": result.model.config.z != "none"}
    return "".join(letter if yes else letter.upper() for letter, yes in answers.items())
