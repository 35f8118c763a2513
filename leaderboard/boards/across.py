"""What several datasets together say of a model against the leader and against the best baseline."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.boards.aggregate import holm
from leaderboard.boards.overall import Overall, OverallRow
from leaderboard.claims.pairs import is_baseline
from leaderboard.statistics.signed_rank import Probabilities, bayesian_signed_rank, wilcoxon_signed_rank

# Below, a test over datasets can only say that it does not know.
MIN_DATASETS = 3


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A reference against a model over datasets.

    Attributes:
        probabilities: that the reference is better than, the same as or worse than the model.
        p_value: of the Wilcoxon signed-rank test, Holm's over the models compared with the reference.
    """

    probabilities: Probabilities
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Against:
    """One reference against every other complete model.

    Attributes:
        reference: its name.
        comparisons: by the other's name, in the order of the ranking.
    """

    reference: str
    comparisons: dict[str, Comparison]


def leader_against_all(overall: Overall) -> Against | None:
    """The model with the best mean rank against every other; None with too few datasets or models."""
    return _against(overall, overall.ranked[:1])


def baseline_against_all(overall: Overall) -> Against | None:
    """The best of the fitted models without an encoder against every other; None as for the leader."""
    return _against(overall, [row for row in overall.ranked if is_baseline(row.example)][:1])


def compare(differences: Sequence[Sequence[float]]) -> list[Comparison]:
    """Both tests of several sets of differences.

    Args:
        differences: one sequence per comparison, in it one difference per dataset.

    Returns:
        One comparison each, the p-values Holm's over all of them.
    """
    adjusted = holm([wilcoxon_signed_rank(own) for own in differences])
    return [
        Comparison(probabilities=bayesian_signed_rank(own), p_value=p_value)
        for own, p_value in zip(differences, adjusted, strict=True)
    ]


def _against(overall: Overall, references: Sequence[OverallRow]) -> Against | None:
    if not references or len(overall.ranked) < 2 or len(overall.units) < MIN_DATASETS:
        return None
    (reference,) = references
    others = [row for row in overall.ranked if row is not reference]
    differences = [
        [float(one) - float(other) for one, other in zip(_known(reference), _known(row), strict=True)]
        for row in others
    ]
    found = compare(differences)
    return Against(
        reference=reference.name,
        comparisons={row.name: comparison for row, comparison in zip(others, found, strict=True)},
    )


def _known(row: OverallRow) -> list[float]:
    """A complete model's scores: one per dataset."""
    return [score for score in row.scores if score is not None]
