"""The signed-rank tests against figures of the authors' own package, and cases that are known by hand."""

from typing import Literal

import pytest
from scipy.stats import wilcoxon

from leaderboard.statistics.signed_rank import bayesian_signed_rank, wilcoxon_signed_rank

WIDE = [0.08, 0.03, 0.002, -0.004, 0.05, 0.12, -0.02, 0.03, 0.009, 0.04, 0.011, -0.015, 0.06]
NEAR = [0.012, -0.003, 0.004, 0.002, -0.02, 0.008, 0.015, -0.001]
FEW = [0.05, 0.02, -0.03, 0.04, 0.01]


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        (WIDE, (0.964270, 0.035315, 0.000415)),
        (NEAR, (0.006005, 0.991295, 0.002700)),
        (FEW, (0.857460, 0.116055, 0.026485)),
    ],
)
def test_probabilities_are_those_of_baycomp(differences: list[float], expected: tuple[float, ...]) -> None:
    """baycomp 1.0.3: SignedRankTest(0, differences, rope=.01, nsamples=200000, random_state=1)."""
    found = bayesian_signed_rank(differences)
    assert found == pytest.approx(expected, abs=0.01)
    assert sum(found) == pytest.approx(1.0)
    assert bayesian_signed_rank(differences) == found


def test_swapping_the_models_swaps_better_and_worse() -> None:
    there, back = bayesian_signed_rank(WIDE), bayesian_signed_rank([-each for each in WIDE])
    assert (there.better, there.same, there.worse) == pytest.approx((back.worse, back.same, back.better))


def test_a_likely_answer_is_named_and_any_other_is_open() -> None:
    assert [bayesian_signed_rank(each).likely for each in (WIDE, NEAR, FEW)] == ["better", "same", "open"]


@pytest.mark.parametrize("differences", [[], [0.1, float("nan")]])
def test_missing_differences_are_refused(differences: list[float]) -> None:
    with pytest.raises(ValueError, match="one finite difference per dataset"):
        bayesian_signed_rank(differences)


def test_wilcoxon_is_exact_by_hand() -> None:
    """Of the 2⁴ signs of four ranks, those with a sum of negative (or positive) ranks of at most 1: 4."""
    assert wilcoxon_signed_rank([-0.1, 0.2, 0.3, 0.4]) == pytest.approx(4 / 16)
    assert wilcoxon_signed_rank([0.0, 0.0, 0.0]) == 1.0


@pytest.mark.parametrize("alternative", ["two-sided", "greater"])
@pytest.mark.parametrize(
    "differences",
    [
        [0.1, -0.2, 0.3, 0.1, 0.2, -0.1],
        [0.0, 0.2, -0.1, 0.0, 0.3, 0.3],
        [0.31, -0.12, 0.43, 0.24, 0.55, -0.06],
        [0.1, -0.2, 0.3, 0.4, 0.6] * 3,
    ],
    ids=["ties", "zeros", "neither", "many"],
)
def test_wilcoxon_is_that_of_scipy(
    differences: list[float], alternative: Literal["two-sided", "greater"]
) -> None:
    expected = wilcoxon(differences, zero_method="zsplit", alternative=alternative).pvalue
    assert wilcoxon_signed_rank(differences, alternative=alternative) == pytest.approx(expected, abs=1e-12)
