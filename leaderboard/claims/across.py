"""The claims over datasets: one difference per dataset, and what they say together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchmark.scoring.intervals import PairedTest
from leaderboard.boards.across import MIN_DATASETS, Comparison, compare
from leaderboard.boards.aggregate import Board
from leaderboard.boards.overall import Overall
from leaderboard.claims.verdicts import CLAIMS, Claim, Finding, findings
from leaderboard.statistics.mean_rank import bootstrap_over_datasets


class OnDataset(NamedTuple):
    """A claim on one dataset.

    Attributes:
        dataset: its name.
        difference: first minus second, mean over the pairs, then over the dataset's boards.
        low: lower end of the 95 % interval over splits; None over several boards or without a test.
        high: upper end.
        pairs: how many pairs of models answer on the first board.
    """

    dataset: str
    difference: float
    low: float | None
    high: float | None
    pairs: int


@dataclass(frozen=True, kw_only=True)
class AcrossDatasets:
    """A claim over datasets.

    Attributes:
        claim: the question.
        datasets: the answers, of the datasets that have pairs.
        mean: of the datasets' differences; None without any.
        low: lower end of its 95 % interval, bootstrap over datasets.
        high: upper end.
        comparison: the signed-rank tests over datasets, p-values Holm's over the claims; None with too few
            datasets, or where both sides of the claim were picked by the scores that are compared.
    """

    claim: Claim
    datasets: list[OnDataset]
    mean: float | None
    low: float | None
    high: float | None
    comparison: Comparison | None

    @property
    def above(self) -> int:
        """Datasets whose difference is above 0."""
        return sum(each.difference > 0 for each in self.datasets)


def claims_across(overall: Overall, claims: Sequence[Claim] = CLAIMS) -> list[AcrossDatasets]:
    """Put a family of claims to all datasets of a ranking.

    Args:
        overall: boards of one setting, mask and protocol version.
        claims: the family that p-values are adjusted over.

    Returns:
        One answer per claim, in their order.
    """
    by_board = [[(board, findings(board, claims)) for board in unit] for unit in overall.units]
    answers = [
        [found for unit in by_board if (found := _on_dataset(unit, position)) is not None]
        for position in range(len(claims))
    ]
    tested = [
        position
        for position, claim in enumerate(claims)
        if claim.is_tested and len(answers[position]) >= MIN_DATASETS
    ]
    compared = compare([[each.difference for each in answers[position]] for position in tested])
    comparisons = dict(zip(tested, compared, strict=True))
    return [
        _combined(claim, found, comparisons.get(position))
        for position, (claim, found) in enumerate(zip(claims, answers, strict=True))
    ]


def _on_dataset(unit: Sequence[tuple[Board, list[Finding]]], position: int) -> OnDataset | None:
    answered = [own[position] for _, own in unit if own[position].overall is not None]
    tests = [finding.overall for finding in answered if finding.overall is not None]
    if not tests:
        return None
    test: PairedTest | None = tests[0] if len(tests) == 1 else None
    return OnDataset(
        dataset=unit[0][0].place.dataset,
        difference=float(np.mean([each.difference for each in tests])),
        low=test.low if test else None,
        high=test.high if test else None,
        pairs=len(answered[0].pairs),
    )


def _combined(claim: Claim, found: list[OnDataset], comparison: Comparison | None) -> AcrossDatasets:
    differences = np.array([each.difference for each in found])
    low = high = None
    if len(found) > 1:
        low, high = bootstrap_over_datasets(differences).tolist()
    return AcrossDatasets(
        claim=claim,
        datasets=found,
        mean=float(differences.mean()) if found else None,
        low=low,
        high=high,
        comparison=comparison,
    )
