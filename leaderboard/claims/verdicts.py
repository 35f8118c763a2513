"""What a board says of the claims: paired differences with intervals, and a verdict on each.

A claim is quoted by the mean over all of its pairs, not by its best pair: every split's differences are
averaged over the pairs first, then tested once. Two figures pick models by the scores they compare: `best
directed` picks both sides, which is optimistic, and is not tested; `best non-graph`, `best other` and
`best fitted` pick the opponent only, to the claim's disadvantage.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from benchmark.results.schema import Result
from benchmark.scoring.intervals import PairedTest, corrected_resampled_test
from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.aggregate import Board, holm
from leaderboard.claims.pairs import (
    Pair,
    baseline_pairs,
    best_directed_pair,
    directed_pairs,
    embedding_pairs,
    message_passing_pairs,
    own_pairs,
    pretrained_pairs,
)

SIGNIFICANCE = 0.05


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim that is examined on every board.

    Attributes:
        name: ``first against second``.
        pairs: finds the pairs of results to compare.
        picks: sides of a pair that are selected by the scores being compared.
    """

    name: str
    pairs: Callable[[Sequence[Result]], list[Pair]]
    picks: Literal["none", "second", "both"] = "none"

    @property
    def is_tested(self) -> bool:
        """Whether a test is meaningful: not if both sides were selected by their scores."""
        return self.picks != "both"


CLAIMS = (
    Claim(name="directed against undirected", pairs=directed_pairs),
    Claim(name="best directed against best undirected", pairs=best_directed_pair, picks="both"),
    Claim(name="with Z against without", pairs=embedding_pairs),
    Claim(name="message passing against profile", pairs=message_passing_pairs),
    Claim(name="graph against best non-graph", pairs=baseline_pairs, picks="second"),
    Claim(name="own against best other", pairs=own_pairs, picks="second"),
    Claim(name="pretrained against best fitted", pairs=pretrained_pairs, picks="second"),
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Result of examining a claim on one board.

    Attributes:
        claim: the claim.
        pairs: the pairs of results compared.
        of_pairs: one test per pair, p-values Holm-adjusted over the pairs; None as for ``overall``.
        overall: test of the mean over the pairs, p-value Holm-adjusted over the tested claims of the family;
            None if there is no pair, or fewer than two splits have a score for all models.
    """

    claim: Claim
    pairs: list[Pair]
    of_pairs: list[PairedTest | None]
    overall: PairedTest | None

    @property
    def better_in(self) -> int:
        """Number of pairs with a positive mean difference."""
        return sum(float(np.nanmean(per_split_difference(pair))) > 0.0 for pair in self.pairs)

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        if not self.pairs:
            return "no pairs"
        return verdict(self.overall) if self.claim.is_tested else "picked, not tested"


def verdict(test: PairedTest | None) -> str:
    """Verdict of a paired test at the 5 % level.

    Args:
        test: test with an adjusted p-value; None if there were too few splits.

    Returns:
        ``better``, ``worse``, ``not distinguishable`` or ``too few splits``.

    >>> verdict(PairedTest(difference=-0.1, low=-0.2, high=-0.01, p_value=0.04))
    'worse'
    """
    if test is None:
        return "too few splits"
    if test.p_value >= SIGNIFICANCE:
        return "not distinguishable"
    return "better" if test.difference > 0.0 else "worse"


def findings(board: Board, claims: Sequence[Claim] = CLAIMS) -> list[Finding]:
    """Examine a family of claims on a board.

    Args:
        board: the board.
        claims: the family that p-values are adjusted over.

    Returns:
        One finding per claim, in their order.
    """
    answers = [_answer(claim, board.results) for claim in claims]
    adjusted = iter(_adjusted([answer.overall for answer in answers if answer.claim.is_tested]))
    return [
        replace(answer, overall=next(adjusted)) if answer.claim.is_tested else answer for answer in answers
    ]


def per_split_difference(pair: Pair) -> npt.NDArray[np.float64]:
    """Per-target Spearman, first model minus second, [S] float64; NaN for splits without a score."""
    first, second = (
        np.array(result.metrics[HEADLINE].per_split, dtype=np.float64) for result in (pair.first, pair.second)
    )
    difference: npt.NDArray[np.float64] = first - second
    return difference


def _answer(claim: Claim, results: Sequence[Result]) -> Finding:
    pairs = claim.pairs(results)
    differences = np.array([per_split_difference(pair) for pair in pairs])
    share = results[0].data.query_share
    return Finding(
        claim=claim,
        pairs=pairs,
        of_pairs=_adjusted([_test(difference, share) for difference in differences]),
        overall=_test(differences.mean(0), share) if pairs else None,
    )


def _test(difference: npt.NDArray[np.float64], share: float) -> PairedTest | None:
    if np.isfinite(difference).sum() < 2:
        return None
    return corrected_resampled_test(difference, np.zeros_like(difference), test_share=share)


def _adjusted(tests: Sequence[PairedTest | None]) -> list[PairedTest | None]:
    """The tests with Holm-adjusted p-values; None entries are skipped."""
    p_values = iter(holm([test.p_value for test in tests if test]))
    return [test and test._replace(p_value=next(p_values)) for test in tests]
