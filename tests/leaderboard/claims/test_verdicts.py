"""Differences, intervals and verdicts, worked out by hand."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from benchmark.results.schema import Result
from leaderboard.boards.aggregate import make_boards
from leaderboard.claims.verdicts import CLAIMS, Finding, findings

Make = Callable[..., Result]
DIRECTED, BEST, WITH_Z, MESSAGES, GRAPH, OWN, PRETRAINED = (claim.name for claim in CLAIMS)


def answers(*results: Result) -> dict[str, Finding]:
    (board,) = make_boards(results)
    return {finding.claim.name: finding for finding in findings(board)}


def with_p(p_value: float) -> list[float]:
    """Three scores whose difference to 0 has this p-value, at the price of a third hidden.

    With 2 degrees of freedom t = p̄ √(2 / (1 − p̄²)), p̄ = 1 − p; the standard error is
    √(1/3 + 1/2) of the standard deviation, here 0.01.
    """
    t = (1 - p_value) * np.sqrt(2 / (1 - (1 - p_value) ** 2))
    return [0.01 * (t * np.sqrt(5 / 6) + step) for step in (-1.0, 0.0, 1.0)]


def test_a_pair_is_tested_over_its_splits(make: Make) -> None:
    finding = answers(
        make("plain", [0.4, 0.4, 0.4]),
        make("plain+z", [0.5, 0.6, 0.7], z="metadata"),
    )[WITH_Z]
    # differences .1, .2, .3: mean .2, variance .01; error √((1/3 + 1/2) .01) = .09129, times t = 4.3027
    assert finding.overall == pytest.approx((0.2, -0.19278, 0.59278, 0.15983), abs=1e-5)
    assert finding.of_pairs == [pytest.approx(finding.overall)]
    assert (finding.better_in, finding.verdict) == (1, "not distinguishable")


def test_pairs_are_averaged_split_by_split_before_the_test(make: Make) -> None:
    finding = answers(
        make("gae", [0.4, 0.4, 0.4], encoder="dir", class_path="m.GAE", directed=False),
        make("st", [0.5, 0.6, 0.7], encoder="dir", class_path="m.SourceTarget"),
        make("gravity", [0.5, 0.4, 0.3], encoder="dir", class_path="m.Gravity"),
    )[DIRECTED]
    # .1 .2 .3 and .1 .0 -.1: every split's mean is .1, which leaves no doubt; the pairs themselves do
    assert finding.overall == pytest.approx((0.1, 0.1, 0.1, 0.0), abs=1e-12)
    assert finding.verdict == "better"
    assert finding.better_in == 1
    assert all(test is not None and test.low < 0.0 < test.high for test in finding.of_pairs)


@pytest.mark.parametrize(
    ("sign", "p_value", "words"),
    [
        (1, 0.049, "better"),
        (-1, 0.049, "worse"),
        (1, 0.051, "not distinguishable"),
        (-1, 0.051, "not distinguishable"),
    ],
)
def test_a_verdict_has_a_direction_and_a_threshold(make: Make, sign: int, p_value: float, words: str) -> None:
    scores = [sign * score for score in with_p(p_value)]
    finding = answers(make("plain", [0.0, 0.0, 0.0]), make("plain+z", scores, z="metadata"))[WITH_Z]
    assert finding.verdict == words
    assert finding.overall is not None
    assert finding.overall.p_value == pytest.approx(p_value)


def test_verdicts_are_holms_over_the_tested_claims_of_the_board(make: Make) -> None:
    profile = make("profile", [0.0, 0.0, 0.0], encoder="profile", directed=False)
    with_z = make("profile+z", with_p(0.03), encoder="profile", directed=False, z="metadata")
    messages = make("dir", with_p(0.04), encoder="dir", directed=False)
    assert answers(profile, with_z)[WITH_Z].verdict == "better"
    assert answers(profile, messages)[MESSAGES].verdict == "better"
    found = answers(profile, with_z, messages)
    tested = {name: finding.overall.p_value for name, finding in found.items() if finding.overall}
    assert tested == pytest.approx({WITH_Z: 2 * 0.03, MESSAGES: 2 * 0.03})  # Holm's never falls: not .04
    assert found[WITH_Z].verdict == found[MESSAGES].verdict == "not distinguishable"


def test_what_picks_both_sides_is_shown_but_neither_tested_nor_counted(make: Make) -> None:
    found = answers(
        make("undirected", [0.0, 0.0, 0.0], encoder="dir", directed=False, class_path="m.GAE"),
        make("directed", with_p(0.03), encoder="dir"),
    )
    assert found[BEST].verdict == "picked, not tested"
    assert found[BEST].overall is not None
    # one tested claim on this board, so that its p-value stays what it is
    assert found[DIRECTED].overall is not None
    assert found[DIRECTED].overall.p_value == pytest.approx(0.03)


def test_pairs_are_holms_over_the_claim(make: Make) -> None:
    finding = answers(
        make("gae", [0.0, 0.0, 0.0], encoder="dir", class_path="m.GAE", directed=False),
        make("st", with_p(0.03), encoder="dir", class_path="m.SourceTarget"),
        make("gravity", with_p(0.01), encoder="dir", class_path="m.Gravity"),
    )[DIRECTED]
    by_name = {
        pair.first.model.config.name: test.p_value
        for pair, test in zip(finding.pairs, finding.of_pairs, strict=True)
        if test
    }
    assert by_name == pytest.approx({"gravity": 0.02, "st": 0.03})


def test_one_split_is_too_few(make: Make) -> None:
    found = answers(make("plain", [0.4, None, None]), make("plain+z", [0.5, None, None], z="metadata"))
    assert found[WITH_Z].verdict == "too few splits"
    assert found[WITH_Z].overall is None
    assert found[WITH_Z].better_in == 1


def test_a_split_without_a_score_is_left_out(make: Make) -> None:
    found = answers(make("plain", [0.4, None, 0.4]), make("plain+z", [0.5, None, 0.7], z="metadata"))
    assert found[WITH_Z].overall is not None
    assert found[WITH_Z].overall.difference == pytest.approx(0.2)


def test_a_board_without_pairs_says_so(make: Make) -> None:
    found = answers(make("plain"), make("failed", [None, None, None]))
    assert {finding.verdict for finding in found.values()} == {"no pairs"}
    assert {finding.better_in for finding in found.values()} == {0}


def test_with_p_falls_as_p_rises() -> None:
    means = [float(np.mean(with_p(p_value))) for p_value in (0.001, 0.01, 0.05, 0.5, 1.0)]
    assert all(one > other for one, other in pairwise(means))
    assert means[-1] == pytest.approx(0.0)
