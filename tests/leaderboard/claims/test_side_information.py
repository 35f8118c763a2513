"""Which models differ by one kind of side information, and a family of claims of its own."""

from collections.abc import Callable
from functools import partial

import pytest

from benchmark.results.schema import Result
from datamodules.embeddings import EMBEDDINGS
from leaderboard.boards.aggregate import make_boards
from leaderboard.claims.pairs import Pair
from leaderboard.claims.side_information import (
    SIDE_INFORMATION,
    kind_pairs,
    kinds_of,
    pair_feature_pairs,
    side_findings,
    text_metadata_pairs,
)
from leaderboard.claims.verdicts import findings

Make = Callable[..., Result]


def names(pairs: list[Pair]) -> list[tuple[str, ...]]:
    return sorted(tuple(result.model.config.name for result in pair) for pair in pairs)


@pytest.fixture
def results(make: Make) -> list[Result]:
    """One model with different side information, each with a score of its own."""
    given = {
        "plain": {},
        "z": {"z": "metadata"},
        "text": {"z": "text"},
        "z+text": {"z": "metadata+text"},
        "all": {"z": "all"},
        "pairs": {"pairs": "all"},
        "text+pairs": {"z": "text", "pairs": "all"},
    }
    return [make(name, [0.1 * i] * 3, **model) for i, (name, model) in enumerate(given.items())]


def test_a_kind_meets_the_same_without_it(results: list[Result]) -> None:
    assert names(kind_pairs(results, kind="metadata")) == [("z", "plain"), ("z+text", "text")]
    expected = [("text", "plain"), ("text+pairs", "pairs"), ("z+text", "z")]
    assert names(kind_pairs(results, kind="text")) == expected
    assert names(kind_pairs(results, kind="prompt")) == [("all", "z")]
    assert kind_pairs(results, kind="task2vec") == []


def test_texts_meet_metadata_in_their_place(results: list[Result]) -> None:
    assert names(text_metadata_pairs(results)) == [("text", "z")]


def test_pair_features_meet_none(results: list[Result]) -> None:
    assert names(pair_feature_pairs(results)) == [("pairs", "plain"), ("text+pairs", "text")]


def test_a_single_pair_feature_meets_none_but_not_all(make: Make) -> None:
    results = [make("plain"), make("leep", [0.6] * 3, pairs="leep"), make("all", [0.7] * 3, pairs="all")]
    assert names(pair_feature_pairs(results)) == [("all", "plain"), ("leep", "plain")]


@pytest.mark.parametrize("find", [partial(kind_pairs, kind="text"), text_metadata_pairs])
@pytest.mark.parametrize("unlike", [{"pairs": "all"}, {"scale": "mix"}, {"class_path": "elsewhere.Other"}])
def test_no_pair_of_kinds_differs_in_more(
    make: Make, find: Callable[..., list[Pair]], unlike: dict[str, object]
) -> None:
    with_text = {"z": "text", "scores": [0.6] * 3}
    for z in ("none", "metadata"):
        assert find([make("other", z=z), make("text", **{**with_text, **unlike})]) == []


def test_a_model_that_ignores_what_it_is_given_is_no_pair(make: Make) -> None:
    results = [make("plain"), make("text", z="text"), make("pairs", pairs="all")]
    assert kind_pairs(results, kind="text") == pair_feature_pairs(results) == []


def test_every_kind_of_z_is_asked_for(make: Make) -> None:
    every = set().union(*(kinds_of(make("m", z=kind)) for kind in EMBEDDINGS))
    asked = {claim.pairs.keywords["kind"] for claim in SIDE_INFORMATION if isinstance(claim.pairs, partial)}
    assert asked == every


def test_side_information_is_a_family_of_its_own(make: Make) -> None:
    """One pair answers two claims, one of each family, and neither makes the other less certain."""
    results = [make("plain", [0.4, 0.4, 0.4]), make("plain+text", [0.5, 0.6, 0.7], z="text")]
    (board,) = make_boards(results)
    (side,) = side_findings(board)
    (main,) = [each for each in findings(board) if each.claim.name == "with Z against without"]
    assert side.claim.name == "with texts against without"
    assert side.overall is not None
    assert side.overall == main.overall
    assert side.overall.p_value == pytest.approx(0.15983, abs=1e-5)
